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
	 * Something was thrown where nobody waits for it. No trace: it could hold arguments. And only the words of our own: what others
	 * throw may quote the password or the hash that their code was handed, by a filter or by WordPress.
	 *
	 * @param \Throwable $e What it was.
	 */
	public static function thrown( \Throwable $e ): void {
		$class   = get_class( $e );
		$message = str_starts_with( $class, __NAMESPACE__ . '\\' ) ? ': ' . $e->getMessage() : '';
		// phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log -- nobody else is there to hear it.
		error_log( sprintf( 'rudr-sync: %s%s in %s:%d', $class, $message, $e->getFile(), $e->getLine() ) );
	}
}
