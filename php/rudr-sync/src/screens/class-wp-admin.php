<?php
/**
 * What is hooked in wp-admin.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The menu, notices and forms. Each is made when WordPress comes to it and the person may see it: whoever saves their profile
 * waits for none of them.
 */
final class Wp_Admin {

	/**
	 * Attaches everything.
	 *
	 * @param string          $file The plugin's main file.
	 * @param \Closure(): Desk $desk What a person sees and orders.
	 */
	public static function attach( string $file, \Closure $desk ): void {
		$menu = static function () use ( $file, $desk ): void {
			if ( Access::is_given() ) {
				( new Sync_Screen( $desk()->status, $desk()->report, $desk()->held, $desk()->store, $desk()->receiver( ... ) ) )->attach( $file );
			}
		};
		$admin = is_network_admin() ? 'network_admin' : 'admin';
		add_action( $admin . '_menu', $menu );

		$question = static function () use ( $desk ): void {
			if ( Access::is_given() ) {
				( new Identity_Question( $desk()->parts->identity ) )->show();
			}
		};
		add_action( $admin . '_notices', $question );
		$notices = static function () use ( $desk ): void {
			// They name users, who on a network are not each site's own.
			if ( is_multisite() ? Access::is_given() : current_user_can( 'manage_options' ) ) {
				( new Notices( new Troubles( $desk()->report, $desk()->parts->sites, $desk()->held, $desk()->parts->rows ) ) )->show();
			}
		};
		add_action( $admin . '_notices', $notices );

		Personal_Data::attach( $desk );
		add_action(
			'admin_init',
			static function () use ( $desk ): void {
				if ( 'admin-post.php' === ( $GLOBALS['pagenow'] ?? '' ) ) {
					$all = $desk();
					( new Sync_Actions( $all->parts->sites, $all->store, $all->check, $all->resume, $all->sync, $all->link, $all->orders, $all->held_command, $all->parts->identity ) )->attach();
					( new Receiver_Actions( $all->receiver( ... ) ) )->attach();
				}
			}
		);
	}

	/**
	 * Attaches the Site Health test. Also outside wp-admin: core runs the tests weekly by WP-Cron.
	 *
	 * @param \Closure(): Desk $desk What a person sees and orders.
	 */
	public static function attach_health( \Closure $desk ): void {
		add_filter(
			'site_status_tests',
			static function ( array $tests ) use ( $desk ): array {
				$all = $desk();
				return ( new Site_Health( new Findings( $all->status, $all->report, $all->parts->identity ) ) )->with_test( $tests );
			}
		);
	}
}
