<?php
/**
 * Spans of time in words.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Says seconds as core says times. Seconds, since the times are the database's and its clock need not be PHP's.
 */
final class Ago {

	/**
	 * Such as "5 mins".
	 *
	 * @param int $seconds Seconds.
	 */
	public static function span( int $seconds ): string {
		$now = time();
		return human_time_diff( $now - abs( $seconds ), $now );
	}

	/**
	 * Such as "5 mins ago".
	 *
	 * @param int $seconds Seconds before now.
	 */
	public static function of( int $seconds ): string {
		/* translators: %s: a time span such as "5 mins". */
		return sprintf( __( '%s ago', 'rudr-sync' ), self::span( $seconds ) );
	}
}
