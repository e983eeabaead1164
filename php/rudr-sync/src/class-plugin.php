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

	/** Version of the tables: raised with every change of one. Here, where each page looks whether they have it. */
	public const SCHEMA = '7';

	/** The option that says which version the tables have. */
	public const SCHEMA_OPTION = 'rudr_sync_schema';

	/**
	 * Builds everything and attaches it to WordPress.
	 *
	 * @param string $file The plugin's main file.
	 */
	public static function start( string $file ): void {
		// Whoever is activated is loaded late. Each page comes here, and to register both would cost it as much as four of our files.
		if ( did_action( 'plugins_loaded' ) ) {
			register_activation_hook( $file, array( self::class, 'activate' ) );
		}
		add_action( 'deactivate_plugin', static fn( $plugin ) => plugin_basename( $file ) === $plugin && Cron::forget() );
		if ( self::SCHEMA !== get_option( self::SCHEMA_OPTION ) ) {
			add_action( 'plugins_loaded', array( self::class, 'upgrade' ) );
		}

		$parts = self::parts();
		( new Hooks( $parts ) )->attach();
		Cron::attach( static fn() => $parts->cron->run() );
		( new Receiver( static fn(): string => $parts->identity->uuid() ) )->attach();

		$desk = self::desk( ... );
		if ( is_admin() ) {
			Wp_Admin::attach( $file, $desk );
		}
		$cli = defined( 'WP_CLI' ) && constant( 'WP_CLI' );
		if ( is_admin() || wp_doing_cron() || $cli ) {
			Wp_Admin::attach_health( $desk );
		}
		if ( $cli ) {
			Cli::register( $desk() );
		}
	}

	/**
	 * Makes the tables. What happened while the plugin was off is found by looking at everybody; who has not changed costs no
	 * request.
	 */
	public static function activate(): void {
		Schema::install();
		self::parts()->marks->mark_all();
	}

	/**
	 * Upgrades the tables where the plugin's files are newer; also where it was put in place without an activation.
	 */
	public static function upgrade(): void {
		if ( ! wp_installing() ) {
			Schema::install();
		}
	}

	/**
	 * The parts of this process.
	 */
	public static function parts(): Parts {
		global $wpdb;
		static $parts = null;
		return $parts ??= new Parts( $wpdb );
	}

	/**
	 * What a person sees and orders in this process.
	 */
	private static function desk(): Desk {
		global $wpdb;
		static $desk = null;
		return $desk ??= new Desk( $wpdb, self::parts() );
	}
}
