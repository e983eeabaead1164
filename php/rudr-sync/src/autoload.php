<?php
/**
 * Finds the plugin's classes by WordPress's rule for file names: `Password_Mark` is in `class-password-mark.php`.
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
		$word = strtolower( str_replace( '_', '-', substr( $name, strlen( __NAMESPACE__ ) + 1 ) ) );
		$file = __DIR__ . '/class-' . $word . '.php';
		// The extension's own classes are in this namespace too and have no file here: without it they just do not exist.
		if ( is_file( $file ) ) {
			require $file;
		}
	}
);
