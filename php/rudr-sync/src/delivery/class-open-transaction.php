<?php
/**
 * A transaction that somebody has left open.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Whoever has begun a transaction and never ended it meant nothing of it, or died in it: the database takes it all back once the
 * process lets go of the connection. Before that, users would be delivered who are nobody in the end, and all that is noted of it in
 * there would be gone with it.
 */
final class Open_Transaction {

	/**
	 * Ends it before anything is delivered; also one that is open anew after each statement.
	 */
	public static function end(): void {
		global $wpdb;
		// phpcs:disable WordPress.DB -- there is nothing to prepare or to cache.
		$wpdb->query( 'ROLLBACK' );
		$wpdb->query( 'SET autocommit = 1' );
		// phpcs:enable
	}
}
