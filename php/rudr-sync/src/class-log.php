<?php
/**
 * The error log.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Says what nobody else is there to hear.
 */
final class Log {

	/**
	 * Something was thrown where nobody waits for it. No trace: it could hold arguments.
	 *
	 * @param \Throwable $e What it was.
	 */
	public static function thrown( \Throwable $e ): void {
		// phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log -- nobody else is there to hear it.
		error_log( sprintf( 'rudr-sync: %s: %s in %s:%d', get_class( $e ), $e->getMessage(), $e->getFile(), $e->getLine() ) );
	}
}
