<?php
/**
 * No mails while a batch is applied.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The person has changed something at home and is not to get a mail from here for it.
 */
final class Silence {

	/** Core's filters that say whether a user gets a mail. */
	private const MAILS = array( 'send_password_change_email', 'send_email_change_email', 'wp_send_new_user_notification_to_user' );

	/**
	 * Addresses that get no mail, in small letters.
	 *
	 * @var string[]
	 */
	private array $addresses = array();

	/**
	 * From here on.
	 */
	public function begin(): void {
		foreach ( self::MAILS as $mail ) {
			add_filter( $mail, '__return_false', PHP_INT_MAX );
		}
		add_filter( 'pre_wp_mail', array( $this, 'mail' ), PHP_INT_MAX, 2 );
		add_filter( 'pre_site_option_registrationnotification', array( $this, 'no' ) );
	}

	/**
	 * Until here.
	 */
	public function end(): void {
		foreach ( self::MAILS as $mail ) {
			remove_filter( $mail, '__return_false', PHP_INT_MAX );
		}
		remove_filter( 'pre_wp_mail', array( $this, 'mail' ), PHP_INT_MAX );
		remove_filter( 'pre_site_option_registrationnotification', array( $this, 'no' ) );
		$this->addresses = array();
	}

	/**
	 * Nothing is mailed to these addresses, and to others again: they are a job's. The administrator's is not a user's to spare,
	 * whatever a job says: they want to know what becomes of accounts.
	 *
	 * @param string ...$addresses Addresses.
	 */
	public function spare( string ...$addresses ): void {
		$administrators  = array( '', strtolower( (string) get_option( 'admin_email' ) ), strtolower( (string) get_site_option( 'admin_email' ) ) );
		$this->addresses = array_diff( array_map( 'strtolower', $addresses ), $administrators );
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
	 * The network's administrator is not told of each new user.
	 */
	public function no(): string {
		return 'no';
	}
}
