<?php
/**
 * Accounts that are there and cannot be used.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A suspended account keeps its content, its profile and its password, but has no roles on this blog, no sessions and no
 * application passwords, and nobody logs in with it. It can be undone.
 */
final class Suspension {

	/** User option, for this blog: the roles that it had. */
	public const KEY = 'rudr_sync_suspended';

	/**
	 * Suspends an account.
	 *
	 * @param \WP_User $user The account.
	 */
	public static function of( \WP_User $user ): void {
		if ( ! self::is( $user ) ) {
			update_user_option( $user->ID, self::KEY, array_values( $user->roles ) );
		}
		$user->set_role( '' );
		\WP_Session_Tokens::get_instance( $user->ID )->destroy_all();
		\WP_Application_Passwords::delete_all_application_passwords( $user->ID );
	}

	/**
	 * Ends it; the account has the roles again that it had, but for those that hold power by now.
	 *
	 * @param \WP_User $user The account.
	 */
	public static function lift( \WP_User $user ): void {
		$roles = get_user_option( self::KEY, $user->ID );
		if ( is_array( $roles ) ) {
			$harmless = static fn( $role ): bool => is_string( $role ) && wp_roles()->is_role( $role ) && ! Powers::in_role( $role );
			array_map( array( $user, 'add_role' ), array_filter( $roles, $harmless ) );
			delete_user_option( $user->ID, self::KEY );
		}
	}

	/**
	 * Whether an account is suspended.
	 *
	 * @param \WP_User $user The account.
	 */
	public static function is( \WP_User $user ): bool {
		return is_array( get_user_option( self::KEY, $user->ID ) );
	}

	/**
	 * Somebody logs in.
	 *
	 * @param mixed $user The account, or what speaks against it already.
	 */
	public static function login( mixed $user ): mixed {
		if ( $user instanceof \WP_User && self::is( $user ) ) {
			return new \WP_Error( 'rudr_sync_suspended', __( 'This account is suspended.', 'rudr-sync' ) );
		}
		return $user;
	}
}
