<?php
/**
 * Users are counted once after a batch.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Core counts all users again after each that is made or removed. In a batch that is done once, at its end.
 */
final class Counted_Once {

	/** What core counts users by, and after what. */
	private const COUNTERS = array(
		array( 'wp_maybe_update_user_counts', array( 'user_register', 'deleted_user' ) ),
		array( 'wp_maybe_update_network_user_counts', array( 'user_register', 'deleted_user', 'wpmu_new_user', 'make_spam_user', 'make_ham_user' ) ),
	);

	/**
	 * Counters that were taken off: function, action, priority.
	 *
	 * @var array<int, array{string, string, int}>
	 */
	private array $counters = array();

	/** Number of accounts made and removed so far, as the actions say. */
	private int $made_and_removed = 0;

	/**
	 * From here on.
	 */
	public function begin(): void {
		add_action( 'user_register', array( $this, 'count' ), 10, 0 );
		add_action( 'deleted_user', array( $this, 'count' ), 10, 0 );
		foreach ( self::COUNTERS as list( $counter, $actions ) ) {
			foreach ( $actions as $action ) {
				$priority = has_action( $action, $counter );
				if ( is_int( $priority ) ) {
					remove_action( $action, $counter, $priority );
					$this->counters[] = array( $counter, $action, $priority );
				}
			}
		}
	}

	/**
	 * Until here.
	 */
	public function end(): void {
		remove_action( 'user_register', array( $this, 'count' ), 10 );
		remove_action( 'deleted_user', array( $this, 'count' ), 10 );
		foreach ( $this->counters as list( $counter, $action, $priority ) ) {
			add_action( $action, $counter, $priority, 0 );
		}
		if ( $this->made_and_removed > 0 ) {
			array_map( 'call_user_func', array_unique( array_column( $this->counters, 0 ) ) );
		}
		$this->counters         = array();
		$this->made_and_removed = 0;
	}

	/**
	 * An account was made or removed.
	 */
	public function count(): void {
		++$this->made_and_removed;
	}
}
