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
 * The fixed list of capabilities with which an account could make itself or others master of the site: powers.txt, the same
 * that the extension is built with. An agent's own capability counts too: no agent makes or changes another.
 */
final class Powers {

	/**
	 * The list.
	 *
	 * @return string[]
	 * @throws \RuntimeException Without its file: nobody is then known to be harmless.
	 */
	public static function all(): array {
		static $powers = null;
		if ( null === $powers ) {
			$lines = file( dirname( __DIR__, 2 ) . '/powers.txt', FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES );
			if ( ! $lines ) {
				throw new \RuntimeException( 'powers.txt is missing' );
			}
			$powers = array( ...array_map( 'trim', $lines ), Agent::CAPABILITY );
		}
		return $powers;
	}

	/**
	 * Whether an account has any of them, here or on another blog of the network.
	 *
	 * @param \WP_User $user The account.
	 */
	public static function has( \WP_User $user ): bool {
		if ( self::any( $user->allcaps ) || ( is_multisite() && is_super_admin( $user->ID ) ) ) {
			return true;
		}
		foreach ( self::all() as $power ) {
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
		return self::any( wp_roles()->get_role( $role )->capabilities ?? array() );
	}

	/**
	 * Whether any is given.
	 *
	 * @param array<string, mixed> $capabilities Capability => whether it is given.
	 */
	private static function any( array $capabilities ): bool {
		return (bool) array_filter( array_intersect_key( $capabilities, array_flip( self::all() ) ) );
	}
}
