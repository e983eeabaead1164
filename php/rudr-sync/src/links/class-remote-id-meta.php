<?php
/**
 * The remote id where others look for it.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * `user_id_2`: the user meta in which the well-known tutorial keeps the id on the second site.
 *
 * Kept for others to read. What it holds is never trusted: any profile plugin lets people write user meta.
 */
final class Remote_Id_Meta {

	/** The key. */
	public const KEY = 'user_id_2';

	/**
	 * Whether this site's ids are kept there.
	 *
	 * @param string $site Name of a site.
	 */
	public static function is_for( string $site ): bool {
		return Sites::ONLY === $site && ! is_multisite();
	}

	/**
	 * Notes ids. Those of whom none is noted yet in one statement, and by none of core's hooks: after a backfill that is everybody.
	 *
	 * @param string                           $site Name of the site.
	 * @param array<int, array{int, int|null}> $ids  By user id: their id there, and that which is noted already.
	 */
	public static function note( string $site, array $ids ): void {
		if ( ! self::is_for( $site ) ) {
			return;
		}
		$new = array_filter( $ids, static fn( array $id ): bool => null === $id[1] );
		try {
			// Somebody may have noted one since, or nothing that is an id.
			$there = $new ? self::noted( array_keys( $new ) ) : array();
		} catch ( Database_Error $e ) {
			// Noted with the next delivery, rather than twice.
			Log::thrown( $e );
			return;
		}
		foreach ( array_diff_key( $ids, array_diff_key( $new, $there ) ) as $user_id => list( $remote_id, $noted ) ) {
			if ( $remote_id !== $noted ) {
				update_user_meta( $user_id, self::KEY, $remote_id );
			}
		}
		self::add( array_map( static fn( array $id ): int => $id[0], array_diff_key( $new, $there ) ) );
	}

	/**
	 * Which of these users have something noted.
	 *
	 * @param int[] $user_ids Users.
	 * @return array<int, int> By user id.
	 * @throws Database_Error If that cannot be read.
	 */
	private static function noted( array $user_ids ): array {
		global $wpdb;
		$ids = implode( ',', array_map( 'intval', $user_ids ) );
		// phpcs:ignore WordPress.DB -- core's table, and numbers; past every cache.
		$noted = $wpdb->get_col( $wpdb->prepare( "SELECT user_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND user_id IN ({$ids})", self::KEY ) );
		return array_flip( array_map( 'intval', Database_Error::unless_read( $wpdb, $noted ) ) );
	}

	/**
	 * Adds the ids of users who have none.
	 *
	 * @param array<int, int> $ids Ids there, by user id.
	 */
	private static function add( array $ids ): void {
		global $wpdb;
		$rows = array();
		foreach ( $ids as $user_id => $remote_id ) {
			$rows[] = $wpdb->prepare( '(%d, %s, %s)', $user_id, self::KEY, (string) $remote_id );
		}
		if ( $rows ) {
			// phpcs:ignore WordPress.DB -- core's table, and what was prepared above.
			$wpdb->query( "INSERT INTO {$wpdb->usermeta} (user_id, meta_key, meta_value) VALUES " . implode( ', ', $rows ) );
			wp_cache_delete_multiple( array_keys( $ids ), 'user_meta' );
		}
	}

	/**
	 * Takes away the ids that links of ours hold, before those links are forgotten: what stays would be taken for a claim to an
	 * account, and nobody could tell any more whose it was. Ids that no link holds are somebody else's and stay.
	 *
	 * @param string   $site    Name of the site.
	 * @param int|null $user_id User; null for all.
	 */
	public static function forget_held( string $site, ?int $user_id = null ): void {
		global $wpdb;
		if ( Sites::ONLY !== $site ) {
			return;
		}
		$links = Links::table( $wpdb );
		// phpcs:disable WordPress.DB -- core's table and our own, and past every cache.
		$held = "FROM {$wpdb->usermeta} m JOIN {$links} l ON l.user_id = m.user_id AND l.remote_id = m.meta_value"
			. $wpdb->prepare( ' WHERE m.meta_key = %s AND l.site = %s', self::KEY, $site )
			. ( null === $user_id ? '' : $wpdb->prepare( ' AND m.user_id = %d', $user_id ) );
		$ids  = $wpdb->get_col( "SELECT m.user_id {$held}" );
		$wpdb->query( "DELETE m {$held}" );
		// phpcs:enable
		wp_cache_delete_multiple( $ids, 'user_meta' );
	}

	/**
	 * Takes the id away again, if it is that: there is no such account, or it is not theirs.
	 *
	 * @param string   $site      Name of the site.
	 * @param int      $user_id   User.
	 * @param int|null $remote_id The id.
	 */
	public static function forget( string $site, int $user_id, ?int $remote_id ): void {
		if ( null !== $remote_id && self::is_for( $site ) ) {
			delete_user_meta( $user_id, self::KEY, $remote_id );
		}
	}
}
