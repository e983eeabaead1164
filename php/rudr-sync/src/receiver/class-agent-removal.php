<?php
/**
 * Takes the agents away.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Removes what Agent has made on this site, when the plugin is. Without the plugin nothing keeps an agent's application password
 * to our routes: none may be left. The accounts go too, but for one that has inherited content, which would go with it.
 */
final class Agent_Removal {

	/**
	 * Does it.
	 */
	public static function run(): void {
		global $wpdb;
		array_map( array( self::class, 'revoke_ours' ), self::holders() );
		foreach ( get_users( array( 'role' => Agent::ROLE ) ) as $user ) {
			\WP_Application_Passwords::delete_all_application_passwords( $user->ID );
			if ( Agent::is_nothing_else( $user ) && ! self::is_elsewhere( $user->ID ) && ! self::owns_content( $user->ID ) ) {
				self::delete( $user->ID );
			} else {
				$user->remove_role( Agent::ROLE );
			}
		}
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- there is no call for keys with that beginning.
		$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->usermeta} WHERE meta_key LIKE %s", $wpdb->esc_like( Agent::SOURCE ) . '%' ) );
		remove_role( Agent::ROLE );
	}

	/**
	 * Accounts with an application password that was made here, whatever they have become since.
	 *
	 * @return int[]
	 */
	private static function holders(): array {
		global $wpdb;
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- there is no call for values with that in them.
		return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT user_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND meta_value LIKE %s", \WP_Application_Passwords::USERMETA_KEY_APPLICATION_PASSWORDS, '%' . $wpdb->esc_like( Agent::APP_ID ) . '%' ) ) );
	}

	/**
	 * Ends those of an account's application passwords that were made here.
	 *
	 * @param int $user_id The account.
	 */
	private static function revoke_ours( int $user_id ): void {
		foreach ( \WP_Application_Passwords::get_user_application_passwords( $user_id ) as $item ) {
			if ( Agent::APP_ID === ( $item['app_id'] ?? '' ) ) {
				\WP_Application_Passwords::delete_application_password( $user_id, $item['uuid'] );
			}
		}
	}

	/**
	 * Whether an account is on another site of the network as well.
	 *
	 * @param int $user_id The account.
	 */
	private static function is_elsewhere( int $user_id ): bool {
		return is_multisite() && count( get_blogs_of_user( $user_id, true ) ) > 1;
	}

	/**
	 * Whether anything on this site is an account's, of whatever type and status.
	 *
	 * @param int $user_id The account.
	 */
	private static function owns_content( int $user_id ): bool {
		global $wpdb;
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- a query of posts leaves out the types of plugins that are off.
		return (bool) $wpdb->get_var( $wpdb->prepare( "SELECT EXISTS (SELECT 1 FROM {$wpdb->posts} WHERE post_author = %d) OR EXISTS (SELECT 1 FROM {$wpdb->links} WHERE link_owner = %d)", $user_id, $user_id ) );
	}

	/**
	 * Removes an account that nothing belongs to.
	 *
	 * @param int $user_id The account.
	 */
	private static function delete( int $user_id ): void {
		require_once ABSPATH . 'wp-admin/includes/user.php';
		require_once ABSPATH . 'wp-admin/includes/bookmark.php';
		if ( is_multisite() ) {
			require_once ABSPATH . 'wp-admin/includes/ms.php';
			wpmu_delete_user( $user_id );
		} else {
			wp_delete_user( $user_id );
		}
	}
}
