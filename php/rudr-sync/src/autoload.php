<?php
/**
 * Finds the plugin's classes by WordPress's rule for file names: `Password_Mark` is in `class-password-mark.php`, in one of
 * the rooms.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

spl_autoload_register(
	static function ( string $name ): void {
		if ( ! str_starts_with( $name, __NAMESPACE__ . '\\' ) ) {
			return;
		}
		$name = substr( $name, strlen( __NAMESPACE__ ) + 1 );
		$file = '/class-' . strtolower( str_replace( '_', '-', $name ) ) . '.php';
		// Those that a page loads before its answer are not looked for: to ask for a file that is not there takes as long as to load one.
		$room = match ( $name ) {
			'Plugin', 'Parts', 'Clock' => '',
			'Primary', 'Watched_Meta' => '/users',
			'Marks', 'Links_Table' => '/links',
			'Sites', 'Site_Store' => '/sites',
			'Hooks', 'Changes', 'Passwords', 'Plaintexts' => '/hooks',
			'Cron', 'Mode', 'Request_End' => '/delivery',
			'Access' => '/desk',
			'Wp_Admin' => '/screens',
			'Receiver' => '/receiver',
			default => null,
		};
		if ( null !== $room ) {
			require __DIR__ . $room . $file;
			return;
		}
		// The rooms know only those that stand before them, but for `delivery`, whose end of a request settles what `hooks` has seen;
		// `receiver` knows `users` alone, and any may know it. The extension's own classes are in this namespace too and have no file here: without it
		// they just do not exist.
		foreach ( array( '', '/users', '/links', '/sites', '/hooks', '/delivery', '/receiver', '/desk', '/commands', '/screens' ) as $room ) {
			if ( is_file( __DIR__ . $room . $file ) ) {
				require __DIR__ . $room . $file;
				return;
			}
		}
	}
);
