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
 */
final class Privileges {

	/** Capabilities. */
	private const LIST = array(
		'create_users',
		'edit_users',
		'delete_users',
		'promote_users',
		'manage_options',
		'install_plugins',
		'activate_plugins',
		'edit_plugins',
		'install_themes',
		'switch_themes',
		'edit_themes',
		'edit_files',
	);

	/**
	 * Whether any of these capabilities is on the list.
	 *
	 * @param array<string, mixed> $capabilities Capability => whether it is given.
	 */
	public static function in( array $capabilities ): bool {
		return (bool) array_filter( array_intersect_key( $capabilities, array_flip( self::LIST ) ) );
	}

	/**
	 * Whether somebody may edit users or options here.
	 *
	 * @param \WP_User $user The user.
	 */
	public static function of( \WP_User $user ): bool {
		return self::in( $user->allcaps ) || ( is_multisite() && is_super_admin( $user->ID ) );
	}

	/**
	 * The roles of a list that give none of them.
	 *
	 * @param string[] $roles Names of roles of this site.
	 * @return string[]
	 */
	public static function harmless( array $roles ): array {
		return array_values(
			array_filter( $roles, static fn( string $role ): bool => ! self::in( wp_roles()->get_role( $role )->capabilities ?? array() ) )
		);
	}
}
