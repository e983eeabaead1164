<?php
/**
 * Puts the rooms together.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The plugin's table of contents: what there is, who knows whom, and what WordPress calls.
 *
 * Hooks mark links. At the end of the request Request_End settles what was marked and hands it to Delivery, or leaves it to
 * WP-Cron or a worker.
 * Nothing here knows HTTP: that is the extension's.
 */
final class Plugin {

	/**
	 * Builds everything and attaches it to WordPress.
	 *
	 * @param string $file The plugin's main file.
	 */
	public static function start( string $file ): void {
		global $wpdb;

		$parts = self::parts();

		register_activation_hook( $file, array( self::class, 'activate' ) );
		register_deactivation_hook( $file, array( Cron::class, 'forget' ) );
		add_action( 'plugins_loaded', array( Schema::class, 'upgrade' ) );

		( new Hooks( $parts->changes, $parts->passwords, $parts->proofs, $parts->primary ) )->attach();
		$parts->request_end->attach();
		$parts->cron->attach();
		( new Receiver( static fn(): string => self::parts()->identity->uuid() ) )->attach();

		$cli = defined( 'WP_CLI' ) && constant( 'WP_CLI' );
		if ( is_admin() || wp_doing_cron() || $cli ) {
			$desk = new Desk( $wpdb, $parts );
			$desk->attach( $file );
			if ( is_admin() ) {
				( new Notices( new Troubles( $desk->report, $parts->sites ) ) )->attach();
			}
			if ( $cli ) {
				Cli::register( $desk );
			}
		}
	}

	/**
	 * Makes the tables. What happened while the plugin was off is found by looking at everybody; who has not changed costs no
	 * request.
	 */
	public static function activate(): void {
		Schema::install();
		self::parts()->links->mark_all();
	}

	/**
	 * The parts of this process.
	 */
	public static function parts(): Parts {
		global $wpdb;
		static $parts = null;
		return $parts ??= Parts::of( $wpdb );
	}
}
