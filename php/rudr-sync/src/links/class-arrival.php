<?php
/**
 * What came from a site that also is followed from here.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What a link keeps of arrivals until the next delivery: a line of JSON each, so that one is added in one statement, whoever else
 * is at it.
 */
final class Arrival {

	/** Stands below what came while something of ours was under way to that site: nobody knows which it has now. */
	public const CROSSED = "{\"crossed\":true}\n";

	/**
	 * One arrival.
	 *
	 * @param array<string, string> $fields Digests of what that site has, by field.
	 * @param string|null           $mark   The mark of the password that came.
	 * @param array<string, string> $others Of which of these something else is here, by field: `stale` or `altered`.
	 */
	public function __construct( private readonly array $fields, private readonly ?string $mark, private readonly array $others ) {
	}

	/**
	 * Whether that site is to have what is here: it has something else, and may not be told so by any other mark.
	 */
	public function is_to_be_answered(): bool {
		return (bool) $this->others;
	}

	/**
	 * As it is kept.
	 */
	public function line(): string {
		return wp_json_encode(
			array(
				'fields'        => (object) $this->fields,
				'password_mark' => $this->mark,
				'others'        => (object) $this->others,
			),
			JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
		) . "\n";
	}

	/**
	 * All of them, the later over the earlier, in the extension's words; null if there was none.
	 *
	 * @param string|null $lines What is kept.
	 * @return array{fields: array<string, string>, password_mark: string|null, crossed: string[], altered: string[]}|null
	 */
	public static function merged( ?string $lines ): ?array {
		if ( null === $lines ) {
			return null;
		}
		$all = array(
			'fields'        => array(),
			'password_mark' => null,
			'crossed'       => array(),
			'altered'       => array(),
		);
		foreach ( explode( "\n", $lines ) as $line ) {
			$one    = (array) json_decode( $line, true );
			$fields = array_filter( (array) ( $one['fields'] ?? array() ), 'is_string' );
			$others = (array) ( $one['others'] ?? array() );

			$all['fields']        = array_merge( $all['fields'], $fields );
			$all['password_mark'] = $one['password_mark'] ?? $all['password_mark'];
			// What was refused here is as what crossed: that site has it, and is to have what is here.
			$stale          = array_keys( $others, 'stale', true );
			$all['crossed'] = isset( $one['crossed'] ) ? array_keys( $all['fields'] ) : array_merge( array_diff( $all['crossed'], array_keys( $fields ) ), $stale );
			$all['altered'] = array_merge( array_diff( $all['altered'], array_keys( $fields ) ), array_keys( $others, 'altered', true ) );
		}
		$all['crossed'] = array_values( array_map( 'strval', $all['crossed'] ) );
		$all['altered'] = array_values( array_map( 'strval', $all['altered'] ) );
		return $all;
	}
}
