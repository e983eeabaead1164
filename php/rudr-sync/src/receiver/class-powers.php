<?php
/**
 * Accounts and roles that no other site may touch.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Those who hold power over users, plugins or options, see Privileges. An agent's own capability counts too: no agent makes or
 * changes another.
 */
final class Powers {

	/**
	 * Whether an account has any of them, here or on another blog of the network.
	 *
	 * @param \WP_User $user The account.
	 */
	public static function has( \WP_User $user ): bool {
		if ( self::any( $user->allcaps ) || ( is_multisite() && is_super_admin( $user->ID ) ) ) {
			return true;
		}
		foreach ( array( ...Privileges::all(), Agent::CAPABILITY ) as $power ) {
			// What plugins give as they are asked.
			if ( user_can( $user, $power ) ) {
				return true;
			}
		}
		foreach ( is_multisite() ? get_blogs_of_user( $user->ID, true ) : array() as $blog ) {
			if ( self::any( ( new \WP_User( $user->ID, '', (int) $blog->userblog_id ) )->allcaps ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a role of this site gives any of them.
	 *
	 * @param string $role Name of the role.
	 */
	public static function in_role( string $role ): bool {
		return self::any( (array) ( wp_roles()->get_role( $role )->capabilities ?? array() ) );
	}

	/**
	 * Whether any is given.
	 *
	 * @param array<string, mixed> $capabilities Capability => whether it is given.
	 */
	private static function any( array $capabilities ): bool {
		return Privileges::in( $capabilities ) || ! empty( $capabilities[ Agent::CAPABILITY ] );
	}
}
