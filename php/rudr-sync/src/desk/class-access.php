<?php
/**
 * Who may see and order.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The screen shows logins and addresses of other sites, and what is ordered there changes accounts: for administrators; of the
 * network, where there is one, since the users are the network's.
 */
final class Access {

	/**
	 * Whether the current user may.
	 */
	public static function is_given(): bool {
		return current_user_can( is_multisite() ? 'manage_network_options' : 'manage_options' ) && current_user_can( 'edit_users' );
	}

	/**
	 * Whether they may say who writes to this site: other sites' users are made here by it.
	 */
	public static function to_receiver(): bool {
		return self::is_given() && current_user_can( 'create_users' );
	}
}
