<?php
/**
 * Digests of what an account holds.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The first 16 hex digits of SHA-256 over a value as compact JSON with sorted keys: what the extension computes too
 * (src/base.rs). By it a source sees whether something has changed here since it last wrote.
 */
final class Held {

	/**
	 * The digest of a value.
	 *
	 * @param mixed $value Anything that JSON can hold.
	 */
	public static function digest( mixed $value ): string {
		$json = json_encode( // phpcs:ignore WordPress.WP.AlternativeFunctions.json_encode_json_encode -- wp_json_encode() changes strings.
			self::sorted( $value ),
			JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS | JSON_PRESERVE_ZERO_FRACTION | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR
		);
		return substr( hash( 'sha256', (string) $json ), 0, 16 );
	}

	/**
	 * The digest of a list in which order means nothing, such as roles.
	 *
	 * @param string[] $items The list.
	 */
	public static function digest_set( array $items ): string {
		$items = array_values( array_unique( $items ) );
		sort( $items, SORT_STRING );
		return self::digest( $items );
	}

	/**
	 * The digest that stands for an account's password.
	 *
	 * @param int    $user_id The account.
	 * @param string $hash    Its stored hash.
	 */
	public static function password( int $user_id, #[\SensitiveParameter] string $hash ): string {
		/**
		 * Filters what stands for an account's password, so that only a new hash of the same password does not look like a
		 * change of it: whoever knows better than the hash returns something that stays.
		 *
		 * @param string $digest  Digest of the stored hash.
		 * @param int    $user_id The account.
		 */
		$stands = apply_filters( 'rudr_sync_password_stands', self::digest( $hash ), $user_id );
		return is_string( $stands ) && '' !== $stands ? $stands : self::digest( $hash );
	}

	/**
	 * With keys sorted, at every depth.
	 *
	 * @param mixed $value The value.
	 */
	private static function sorted( mixed $value ): mixed {
		if ( is_object( $value ) ) {
			$value = get_object_vars( $value );
		}
		if ( ! is_array( $value ) ) {
			return $value;
		}
		if ( array_is_list( $value ) ) {
			return array_map( array( self::class, 'sorted' ), $value );
		}
		ksort( $value, SORT_STRING );
		// Sorted, it may look like a list.
		return (object) array_map( array( self::class, 'sorted' ), $value );
	}
}
