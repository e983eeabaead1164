<?php
/**
 * Adds a new account's first meta.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * `wp_insert_user()` adds it key by key, and that is most of what it has to do. Of an account that has none yet it is one
 * statement here, with what core does before and after each key.
 */
final class First_Meta {

	/** Whoever listens to these wants to do it another way. */
	private const IN_THE_WAY = array( 'add_user_metadata', 'update_user_metadata' );

	/**
	 * Adds it.
	 *
	 * @param \wpdb        $db      WordPress's database.
	 * @param int          $user_id The account, which has none.
	 * @param array<mixed> $meta    Values by key, slashed, as `wp_insert_user()` has them.
	 * @return bool False: it is to be added core's way.
	 */
	public static function add( \wpdb $db, int $user_id, array $meta ): bool {
		if ( ! $meta || array_filter( self::IN_THE_WAY, 'has_filter' ) ) {
			return false;
		}
		$values = array();
		$rows   = array();
		foreach ( $meta as $key => $value ) {
			$key            = (string) wp_unslash( (string) $key );
			$values[ $key ] = sanitize_meta( $key, wp_unslash( $value ), 'user', 'user' );
			$stored         = maybe_serialize( $values[ $key ] );
			if ( is_string( $stored ) && $db->strip_invalid_text_for_column( $db->usermeta, 'meta_value', $stored ) !== $stored ) {
				// What one value of many cannot be stored for is for core to find out.
				return false;
			}
			$rows[] = $db->prepare( '(%d, %s, %s)', $user_id, $key, $stored );
		}
		foreach ( $values as $key => $value ) {
			/** This action is documented in wp-includes/meta.php */
			do_action( 'add_user_meta', $user_id, (string) $key, $value ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- core's.
		}
		// phpcs:disable WordPress.DB.PreparedSQL, WordPress.DB.DirectDatabaseQuery -- core's table, and what was prepared above.
		if ( ! $db->query( "INSERT INTO {$db->usermeta} (user_id, meta_key, meta_value) VALUES " . implode( ', ', $rows ) ) ) {
			return false;
		}
		$ids = $db->get_results( $db->prepare( "SELECT meta_key, umeta_id FROM {$db->usermeta} WHERE user_id = %d ORDER BY umeta_id", $user_id ) );
		// phpcs:enable
		$ids = array_column( (array) $ids, 'umeta_id', 'meta_key' );
		wp_cache_delete( $user_id, 'user_meta' );
		foreach ( $values as $key => $value ) {
			/** This action is documented in wp-includes/meta.php */
			do_action( 'added_user_meta', (int) ( $ids[ $key ] ?? 0 ), $user_id, (string) $key, $value ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- core's.
		}
		return true;
	}
}
