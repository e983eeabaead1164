<?php
/**
 * Who may edit users or options.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The fixed list of capabilities that make an account worth stealing. Not `unfiltered_html`: core's editors have it.
 *
 * It is in a file of its own, since the extension is built from the same: what counts as power must be one thing on both sides.
 */
final class Privileges {

	/** The list, one capability a line. */
	private const FILE = __DIR__ . '/../../powers.txt';

	/**
	 * Whether any of these capabilities is on the list.
	 *
	 * @param array<string, mixed> $capabilities Capability => whether it is given.
	 */
	public static function in( array $capabilities ): bool {
		$powers = self::all();
		// Without the list nobody is known to be harmless.
		return ! $powers || array_filter( array_intersect_key( $capabilities, array_flip( $powers ) ) );
	}

	/**
	 * Whether somebody may edit users or options here; on a network on its main site, see Main_Roles, whichever site's request asks.
	 *
	 * @param \WP_User $user The user.
	 */
	public static function of( \WP_User $user ): bool {
		return self::in( self::on_main_site( $user )->allcaps ) || ( is_multisite() && is_super_admin( $user->ID ) );
	}

	/**
	 * A user as they are on the main site; who is gone by now, as they were.
	 *
	 * @param \WP_User $user The user, as they are on this site.
	 */
	public static function on_main_site( \WP_User $user ): \WP_User {
		if ( is_main_site() ) {
			return $user;
		}
		$there = new \WP_User( $user->ID, '', get_main_site_id() );
		return $there->exists() ? $there : $user;
	}

	/**
	 * The roles of a list that give none of them.
	 *
	 * @param string[]       $roles Names of roles.
	 * @param \WP_Roles|null $known What they allow; null: as this site has it.
	 * @return string[]
	 */
	public static function harmless( array $roles, ?\WP_Roles $known = null ): array {
		$known ??= wp_roles();
		return array_values(
			array_filter( $roles, static fn( string $role ): bool => ! self::in( (array) ( $known->get_role( $role )->capabilities ?? array() ) ) )
		);
	}

	/**
	 * The list.
	 *
	 * @return string[]
	 */
	public static function all(): array {
		static $powers = null;
		return $powers ??= is_readable( self::FILE ) ? (array) file( self::FILE, FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES ) : array();
	}
}
