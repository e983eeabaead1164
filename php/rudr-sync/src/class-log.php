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
		self::say( $e, ': ' . $e->getMessage() );
	}

	/**
	 * The same of code that is not ours and had been handed a password or a hash: its message may hold that.
	 *
	 * @param \Throwable $e What it was.
	 */
	public static function thrown_elsewhere( \Throwable $e ): void {
		self::say( $e, '' );
	}

	/**
	 * Writes a line.
	 *
	 * @param \Throwable $e       What was thrown.
	 * @param string     $message What it says.
	 */
	private static function say( \Throwable $e, string $message ): void {
		// phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log -- nobody else is there to hear it.
		error_log( sprintf( 'rudr-sync: %s%s in %s:%d', get_class( $e ), $message, $e->getFile(), $e->getLine() ) );
	}
}
