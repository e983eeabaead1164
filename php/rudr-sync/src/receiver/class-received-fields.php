<?php
/**
 * Reads values out of what was sent.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A JSON object whose values have types. What is missing or null is null; a wrong type is a Bad_Job that names the key.
 */
final class Received_Fields {

	/** Bytes in a text; a megabyte of biography is an attack. */
	private const LONGEST = 65536;

	/**
	 * An object.
	 *
	 * @param array<mixed> $values Its values.
	 * @param string       $within Where it stands, for messages: 'user.'.
	 */
	private function __construct( private readonly array $values, private readonly string $within ) {
	}

	/**
	 * Reads an object.
	 *
	 * @param mixed  $value  What was sent.
	 * @param string $name   What it is called.
	 * @param string $within How its keys are called.
	 * @throws Bad_Job If it is none.
	 */
	public static function of( mixed $value, string $name, string $within = '' ): self {
		// An empty object and an empty list are the same to PHP.
		if ( ! is_array( $value ) || ( $value && array_is_list( $value ) ) ) {
			throw new Bad_Job( $name, 'must be an object' );
		}
		return new self( $value, $within );
	}

	/**
	 * A text.
	 *
	 * @param string $key     Key.
	 * @param int    $longest Bytes at most.
	 * @throws Bad_Job If it is none.
	 */
	public function text( string $key, int $longest = self::LONGEST ): ?string {
		$value = $this->values[ $key ] ?? null;
		if ( null !== $value && ! is_string( $value ) ) {
			throw new Bad_Job( $this->within . $key, 'must be a string' );
		}
		if ( null !== $value && strlen( $value ) > $longest ) {
			throw new Bad_Job( $this->within . $key, 'is too long' );
		}
		return $value;
	}

	/**
	 * One of some words.
	 *
	 * @param string   $key   Key.
	 * @param string[] $words The words.
	 * @throws Bad_Job If it is none of them.
	 */
	public function word( string $key, array $words ): ?string {
		$value = $this->text( $key );
		if ( null !== $value && ! in_array( $value, $words, true ) ) {
			throw new Bad_Job( $this->within . $key, 'must be one of ' . implode( ', ', $words ) );
		}
		return $value;
	}

	/**
	 * An id, or another count.
	 *
	 * @param string $key   Key.
	 * @param int    $least The least that it may be.
	 * @throws Bad_Job If it is none.
	 */
	public function number( string $key, int $least = 1 ): ?int {
		$value = $this->values[ $key ] ?? null;
		if ( null !== $value && ( ! is_int( $value ) || $value < $least ) ) {
			throw new Bad_Job( $this->within . $key, "must be a whole number, at least $least" );
		}
		return $value;
	}

	/**
	 * Yes or no.
	 *
	 * @param string $key Key.
	 * @throws Bad_Job If it is neither.
	 */
	public function flag( string $key ): bool {
		$value = $this->values[ $key ] ?? false;
		if ( ! is_bool( $value ) ) {
			throw new Bad_Job( $this->within . $key, 'must be true or false' );
		}
		return $value;
	}

	/**
	 * A list of texts.
	 *
	 * @param string $key Key.
	 * @return string[]|null
	 * @throws Bad_Job If it is none.
	 */
	public function texts( string $key ): ?array {
		$value = $this->values[ $key ] ?? null;
		if ( null === $value ) {
			return null;
		}
		if ( ! is_array( $value ) || ! array_is_list( $value ) || count( $value ) > 200 || array_filter( $value, static fn( $item ): bool => ! is_string( $item ) || strlen( $item ) > 200 ) ) {
			throw new Bad_Job( $this->within . $key, 'must be a list of strings' );
		}
		return array_values( array_unique( $value ) );
	}

	/**
	 * A map of anything.
	 *
	 * @param string $key Key.
	 * @return array<string, mixed>
	 * @throws Bad_Job If it is none.
	 */
	public function map( string $key ): array {
		$value = $this->values[ $key ] ?? array();
		if ( ! is_array( $value ) || ( $value && array_is_list( $value ) ) ) {
			throw new Bad_Job( $this->within . $key, 'must be an object' );
		}
		return $value;
	}

	/**
	 * Whatever there is.
	 *
	 * @param string $key Key.
	 */
	public function any( string $key ): mixed {
		return $this->values[ $key ] ?? null;
	}
}
