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
		$admin = is_network_admin() ? 'network_admin' : 'admin';
		add_action(
			$admin . '_menu',
			static function () use ( $admin, $file, $desk ): void {
				// Whoever saves their own profile comes here as well, and needs nothing of it.
				if ( current_user_can( is_multisite() ? 'manage_network_options' : 'manage_options' ) ) {
					self::attach_screens( $admin, $file, $desk );
				}
			}
		);
		foreach ( array( 'exporters' => 'export', 'erasers' => 'erase' ) as $who => $method ) {
			add_filter( "wp_privacy_personal_data_{$who}", static fn( mixed $all ): array => Personal_Data::take_part( (array) $all, $method, $desk ) );
		}
		add_action(
			'admin_init',
			static function (): void {
				// In each request, also without a menu: WordPress says that the text has changed where it does not find it. But whoever saves
				// their own profile is not to wait for a translation that they never see.
				if ( current_user_can( 'manage_privacy_options' ) ) {
					Personal_Data::suggest();
				}
			}
		);
		if ( 'admin-post.php' === ( $GLOBALS['pagenow'] ?? '' ) ) {
			add_action(
				'admin_init',
				static function () use ( $desk ): void {
					$all = $desk();
					( new Sync_Actions( $all->parts->sites, $all->store, $all->check, $all->resume, $all->sync, $all->link, $all->orders, $all->held_command, $all->parts->identity ) )->attach();
					( new Receiver_Actions( $all->receiver( ... ) ) )->attach();
				}
			);
		}
	}

	/**
	 * Attaches what administrators see.
	 *
	 * @param string          $admin Which admin this is, as its hooks say it: a site's, or a network's.
	 * @param string          $file  The plugin's main file.
	 * @param \Closure(): Desk $desk  What a person sees and orders.
	 */
	private static function attach_screens( string $admin, string $file, \Closure $desk ): void {
		$may_order = Access::is_given();
		if ( $may_order ) {
			( new Sync_Screen( $desk()->status, $desk()->report, $desk()->held, $desk()->store, $desk()->receiver( ... ) ) )->attach( $file );
			add_action( $admin . '_notices', static fn() => ( new Identity_Question( $desk()->parts->identity ) )->show() );
		}
		// They name users, who on a network are not each site's own.
		if ( $may_order || ! is_multisite() ) {
			add_action( $admin . '_notices', static fn() => ( new Notices( new Troubles( $desk()->report, $desk()->parts->sites, $desk()->held, $desk()->parts->rows ) ) )->show() );
		}
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
