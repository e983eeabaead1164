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
 * Hooks mark links. At the end of the request Inline_Delivery settles what was marked and hands it to Delivery.
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

		$links     = new Links( $wpdb );
		$primary   = new Primary( $wpdb );
		$sites     = new Sites();
		$changes   = new Changes( $links, $sites );
		$passwords = new Passwords( $primary );
		$proofs    = new Proofs( $primary );
		$jobs      = new Jobs( $links, $passwords );
		$delivery  = new Delivery( $links, new Snapshot( $primary ), $jobs, new Write_Back( $links ) );

		register_activation_hook( $file, array( Schema::class, 'install' ) );
		add_action( 'plugins_loaded', array( Schema::class, 'upgrade' ) );

		( new Hooks( $changes, $passwords, $proofs, $primary ) )->attach();
		( new Inline_Delivery( $changes, $passwords, $proofs, $sites, $delivery ) )->attach();

		$desk = new Desk( $wpdb, $links, $sites, $delivery );
		if ( is_admin() ) {
			( new Notices( new Troubles( $links, $sites ) ) )->attach();
			$desk->attach( $file );
		}
	}
}
