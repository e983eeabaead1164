<?php
/**
 * How long a person waits before a screen.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Asks sites with less patience than a background process has.
 */
final class Patience {

	/** Seconds for one request. */
	private const SECONDS = 10;

	/**
	 * Does something for which a person waits.
	 *
	 * @template T
	 * @param callable(): T $ask What is done.
	 * @return T
	 */
	public static function while( callable $ask ): mixed {
		$usual = (string) ini_get( 'rudr_sync.timeout' );
		if ( (float) $usual <= self::SECONDS ) {
			return $ask();
		}
		ini_set( 'rudr_sync.timeout', (string) self::SECONDS ); // phpcs:ignore WordPress.PHP.IniSet.Risky -- our own setting, put back below.
		try {
			return $ask();
		} finally {
			ini_set( 'rudr_sync.timeout', $usual ); // phpcs:ignore WordPress.PHP.IniSet.Risky -- as it was.
		}
	}
}
