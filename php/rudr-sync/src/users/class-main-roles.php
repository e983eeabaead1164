<?php
/**
 * The roles of the main site.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Which roles there are and what they allow: on a network on its main site, since the roles that users follow with are those that
 * they have there, whichever site's page or WP-Cron delivers them.
 */
final class Main_Roles {

	/**
	 * These roles.
	 */
	public static function get(): \WP_Roles {
		return is_main_site() ? wp_roles() : new \WP_Roles( get_main_site_id() );
	}
}
