<?php
/**
 * What does not happen while a batch is applied.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The person has changed something at home and is not to get a mail from here for it. And the users are counted once after a
 * batch, not after each.
 */
final class Silence {

	/** What core counts users by, and after what. */
	private const COUNTERS = array(
		array( 'wp_maybe_update_user_counts', array( 'user_register', 'deleted_user' ) ),
		array( 'wp_maybe_update_network_user_counts', array( 'user_register', 'deleted_user', 'wpmu_new_user', 'make_spam_user', 'make_ham_user' ) ),
	);

	/**
	 * Addresses that get no mail, in small letters.
	 *
	 * @var string[]
	 */
	private array $addresses = array();

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
		foreach ( array( 'send_password_change_email', 'send_email_change_email', 'wp_send_new_user_notification_to_user' ) as $mail ) {
			add_filter( $mail, '__return_false', PHP_INT_MAX );
		}
		add_filter( 'pre_wp_mail', array( $this, 'mail' ), PHP_INT_MAX, 2 );
		add_filter( 'pre_site_option_registrationnotification', array( $this, 'no' ) );
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
		foreach ( array( 'send_password_change_email', 'send_email_change_email', 'wp_send_new_user_notification_to_user' ) as $mail ) {
			remove_filter( $mail, '__return_false', PHP_INT_MAX );
		}
		remove_filter( 'pre_wp_mail', array( $this, 'mail' ), PHP_INT_MAX );
		remove_filter( 'pre_site_option_registrationnotification', array( $this, 'no' ) );
		remove_action( 'user_register', array( $this, 'count' ), 10 );
		remove_action( 'deleted_user', array( $this, 'count' ), 10 );
		foreach ( $this->counters as list( $counter, $action, $priority ) ) {
			add_action( $action, $counter, $priority, 0 );
		}
		if ( $this->made_and_removed > 0 ) {
			array_map( 'call_user_func', array_unique( array_column( $this->counters, 0 ) ) );
		}
		$this->counters         = array();
		$this->addresses        = array();
		$this->made_and_removed = 0;
	}

	/**
	 * Nothing is mailed to these addresses.
	 *
	 * @param string ...$addresses Addresses.
	 */
	public function spare( string ...$addresses ): void {
		$this->addresses = array_merge( $this->addresses, array_map( 'strtolower', array_filter( $addresses, 'strlen' ) ) );
	}

	/**
	 * A mail is about to be sent.
	 *
	 * @param mixed $sent Whether it is dealt with already.
	 * @param mixed $mail The mail.
	 */
	public function mail( mixed $sent, mixed $mail ): mixed {
		$to = is_array( $mail ) ? (array) ( $mail['to'] ?? array() ) : array();
		foreach ( explode( ',', strtolower( implode( ',', array_filter( $to, 'is_string' ) ) ) ) as $recipient ) {
			// "Ann <ann@example.org>", or the address alone.
			$address = trim( preg_replace( '/^.*<([^>]*)>.*$/s', '$1', $recipient ) );
			if ( in_array( $address, $this->addresses, true ) ) {
				return true;
			}
		}
		return $sent;
	}

	/**
	 * An account was made or removed.
	 */
	public function count(): void {
		++$this->made_and_removed;
	}

	/**
	 * The network's administrator is not told of each new user.
	 */
	public function no(): string {
		return 'no';
	}
}
