<?php
/**
 * Which user meta matters to other sites.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The meta keys that a push is made of: core's own, the roles, and those that the site's owner allows.
 */
final class Watched_Meta {

	/** What core keeps in meta and `wp_insert_user()` takes as a field. */
	public const FIELDS = array( 'nickname', 'first_name', 'last_name', 'description', 'locale' );

	/**
	 * The key under which a user's roles are stored for this site; on a network for its main site, see Main_Roles.
	 */
	public static function capabilities_key(): string {
		global $wpdb;
		return $wpdb->get_blog_prefix( is_multisite() ? get_main_site_id() : null ) . 'capabilities';
	}

	/**
	 * Further keys that follow.
	 *
	 * @return string[]
	 */
	public static function allowed(): array {
		$keys = defined( 'RUDR_SYNC_META' ) ? (array) constant( 'RUDR_SYNC_META' ) : array();

		/**
		 * Filters the user meta keys that follow to other sites. Each must be registered there with `show_in_rest`.
		 *
		 * @param string[] $keys Meta keys, those of the constant RUDR_SYNC_META at first.
		 */
		$keys = (array) apply_filters( 'rudr_sync_meta_keys', $keys );
		return array_values( array_unique( array_filter( $keys, 'is_string' ) ) );
	}

	/**
	 * Whether a change of this key is a change of the user.
	 *
	 * @param string $key Meta key.
	 */
	public static function has( string $key ): bool {
		return in_array( $key, self::FIELDS, true ) || self::capabilities_key() === $key || in_array( $key, self::allowed(), true );
	}
}
