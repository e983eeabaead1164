<?php
/**
 * What secrets are sealed with.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The key for what is stored sealed: that of the file which php.ini's `rudr_sync.key_file` names, else one made of salts that
 * wp-config.php itself defines.
 *
 * Salts that WordPress made up and keeps in the database are no key: whoever has the database would have both.
 */
final class Sealing_Key {

	/** The key comes from php.ini's file; only the extension reads it. */
	public const FROM_FILE = 'file';

	/** The key is made of wp-config.php's salts. */
	public const FROM_SALTS = 'salts';

	/** The salts that make the key. Always both: one that is added later must not make another key. */
	private const SALTS = array( 'AUTH_KEY', 'AUTH_SALT' );

	/** Shorter ones were not made by WordPress's generator. */
	private const MIN_LENGTH = 32;

	/**
	 * What the extension takes as `key`: '' for the file's. Null if there is none; then nothing secret can be kept.
	 */
	public static function get(): ?string {
		return match ( self::source() ) {
			self::FROM_FILE => '',
			self::FROM_SALTS => hash_hmac( 'sha256', 'rudr-sync sealing key', implode( "\n", self::salts() ) ),
			null => null,
		};
	}

	/**
	 * Where the key comes from, or null if there is none.
	 */
	public static function source(): ?string {
		if ( '' !== (string) ini_get( 'rudr_sync.key_file' ) ) {
			return self::FROM_FILE;
		}
		$good = array_filter(
			self::salts(),
			// WordPress's own sample, and distributions' of it, is the same on thousands of sites.
			static fn( string $salt ): bool => strlen( $salt ) >= self::MIN_LENGTH && ! str_contains( $salt, 'unique phrase here' )
		);
		return count( $good ) === count( self::SALTS ) && count( array_unique( $good ) ) === count( $good ) ? self::FROM_SALTS : null;
	}

	/**
	 * The salts that wp-config.php defines.
	 *
	 * @return string[]
	 */
	private static function salts(): array {
		$salts = array();
		foreach ( self::SALTS as $name ) {
			$salts[] = defined( $name ) && is_string( constant( $name ) ) ? constant( $name ) : '';
		}
		return $salts;
	}
}
