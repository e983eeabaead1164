<?php
/**
 * When a request's changes are delivered.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The constant RUDR_SYNC_DELIVERY.
 */
final class Mode {

	/** At the end of the request, before the visitor has the whole answer. */
	public const INLINE = 'inline';

	/** In the same process, after the answer; where that cannot be, by WP-Cron. */
	public const AFTER = 'after';

	/** By WP-Cron. */
	public const CRON = 'cron';

	/**
	 * The mode of this request.
	 */
	public static function now(): string {
		$wanted = defined( 'RUDR_SYNC_DELIVERY' ) ? constant( 'RUDR_SYNC_DELIVERY' ) : self::AFTER;
		if ( self::INLINE === $wanted && did_action( 'rudr_sync_received' ) + did_action( 'rudr_sync_received_removal' ) > 0 ) {
			// Another site sends its users, and is not to wait until they have gone on from here.
			$wanted = self::AFTER;
		}
		if ( in_array( $wanted, array( self::INLINE, self::CRON ), true ) ) {
			return $wanted;
		}
		return null === self::finisher() ? self::CRON : self::AFTER;
	}

	/**
	 * The function that gives the visitor the answer and lets the process go on.
	 */
	public static function finisher(): ?string {
		foreach ( array( 'fastcgi_finish_request', 'litespeed_finish_request' ) as $finish ) {
			if ( function_exists( $finish ) ) {
				return $finish;
			}
		}
		return null;
	}
}
