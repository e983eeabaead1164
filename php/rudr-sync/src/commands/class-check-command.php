<?php
/**
 * Whether a site can be worked with.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * `check` and *Test connection*: the extension's questions, and before them those that keep it from asking.
 */
final class Check_Command {

	/**
	 * Asks step by step; the first that fails is the last.
	 *
	 * @param Target $target The site.
	 * @return array<int, array{check: string, ok: bool, detail: string, fix: string}>
	 */
	public function run( Target $target ): array {
		if ( ! function_exists( 'rudr_sync_check' ) ) {
			return self::failed( 'extension', __( 'The PHP extension rudr_sync is not loaded.', 'rudr-sync' ), __( 'Install it where this PHP looks, and restart php-fpm or the web server.', 'rudr-sync' ) );
		}
		try {
			return rudr_sync_check( $target->handle() );
		} catch ( \Throwable $e ) {
			return self::failed( 'definition', $e->getMessage(), __( 'Correct the definition of this site.', 'rudr-sync' ) );
		}
	}

	/**
	 * Whether all is well.
	 *
	 * @param array<int, array{ok: bool}> $steps What run() gave.
	 */
	public static function is_good( array $steps ): bool {
		return $steps && ! in_array( false, array_column( $steps, 'ok' ), true );
	}

	/**
	 * One step that failed.
	 *
	 * @param string $check  Its name.
	 * @param string $detail What is so.
	 * @param string $fix    What to do.
	 * @return array<int, array{check: string, ok: bool, detail: string, fix: string}>
	 */
	private static function failed( string $check, string $detail, string $fix ): array {
		return array( array( 'ok' => false ) + compact( 'check', 'detail', 'fix' ) );
	}
}
