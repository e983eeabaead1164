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
	 * One arrival, as it is kept.
	 *
	 * @param array<string, string> $fields Digests of what that site has, by field.
	 * @param string|null           $mark   The mark of the password that came.
	 */
	public static function line( array $fields, ?string $mark ): string {
		return wp_json_encode(
			array(
				'fields'        => (object) $fields,
				'password_mark' => $mark,
			),
			JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
		) . "\n";
	}

	/**
	 * All of them, the later over the earlier, in the extension's words; null if there was none.
	 *
	 * @param string|null $lines What is kept.
	 * @return array{fields: array<string, string>, password_mark: string|null, crossed: string[]}|null
	 */
	public static function merged( ?string $lines ): ?array {
		if ( null === $lines ) {
			return null;
		}
		$all = array(
			'fields'        => array(),
			'password_mark' => null,
			'crossed'       => array(),
		);
		foreach ( explode( "\n", $lines ) as $line ) {
			$one                  = (array) json_decode( $line, true );
			$fields               = array_filter( (array) ( $one['fields'] ?? array() ), 'is_string' );
			$all['fields']        = array_merge( $all['fields'], $fields );
			$all['password_mark'] = $one['password_mark'] ?? $all['password_mark'];
			$all['crossed']       = isset( $one['crossed'] ) ? array_keys( $all['fields'] ) : array_diff( $all['crossed'], array_keys( $fields ) );
		}
		$all['crossed'] = array_values( array_map( 'strval', $all['crossed'] ) );
		return $all;
	}
}
