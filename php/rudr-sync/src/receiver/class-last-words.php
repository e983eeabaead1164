<?php
/**
 * The answer of a request that was ended from within.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A plugin on this site may call exit, or die of an error, in a hook of one job. What came of the others is told all the
 * same, so that one job cannot stand in the way of all that are sent with it.
 */
final class Last_Words {

	/** Whether the request has gone on. */
	private bool $is_over = false;

	/**
	 * From here on.
	 *
	 * @param \Closure $outcomes Gives the outcomes so far.
	 */
	public function __construct( private readonly \Closure $outcomes ) {
		// Nothing gets past it: at its own shutdown WordPress sends what is in the buffers.
		ob_start( static fn(): string => '' );
		register_shutdown_function( array( $this, 'say' ) );
		// Neither does WordPress's page that says that something is broken.
		foreach ( array( 'wp_die_handler', 'wp_die_json_handler' ) as $handler ) {
			add_filter( $handler, array( $this, 'handler' ), PHP_INT_MAX );
		}
	}

	/**
	 * What WordPress calls to die.
	 *
	 * @param mixed $handler What it would call.
	 */
	public function handler( mixed $handler ): mixed {
		return $this->is_over ? $handler : static function ( $message, $title = '', $args = array() ): void {
			if ( false !== ( is_array( $args ) ? $args['exit'] ?? true : true ) ) {
				exit;
			}
		};
	}

	/**
	 * The request has gone on. What plugins have printed meanwhile is no answer.
	 */
	public function not_needed(): void {
		if ( ! $this->is_over ) {
			$this->is_over = true;
			ob_end_clean();
		}
	}

	/**
	 * PHP ends.
	 */
	public function say(): void {
		if ( $this->is_over ) {
			return;
		}
		$this->is_over = true;
		while ( ob_get_level() > 0 && ob_end_clean() ) {
			continue;
		}
		if ( ! headers_sent() ) {
			status_header( 200 );
			header( 'Content-Type: application/json; charset=UTF-8' );
		}
		echo wp_json_encode( array( 'outcomes' => ( $this->outcomes )() ) );
	}
}
