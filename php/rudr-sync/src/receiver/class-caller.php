<?php
/**
 * Who calls the receiver's routes.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Lets callers in: from an allowed address, not after too many failures, and with an agent's application password.
 */
final class Caller {

	/** So many failed logins from one address within WINDOW seconds, and it is not heard for as long. */
	private const FAILURES = 10;

	/** Seconds. */
	private const WINDOW = 60;

	/** Where failures are counted, before the address. */
	private const KEY = 'rudr_sync_failed_';

	/** Whether a failure of this request is counted: WordPress may try the same password more than once. */
	private bool $has_failed = false;

	/**
	 * The receiver's rules.
	 *
	 * @param Receiver_Settings $settings The rules.
	 */
	public function __construct( private readonly Receiver_Settings $settings ) {
	}

	/**
	 * A request to our routes has been authenticated, or not. What is said here does not depend on whether the password was
	 * right, so that nothing is learnt of it.
	 *
	 * @param mixed $result What others say: an error, true, or null.
	 */
	public function before( mixed $result ): mixed {
		return is_wp_error( $result ) ? $result : $this->refusal() ?? $result;
	}

	/**
	 * A login by application password at our routes has failed.
	 */
	public function failed(): void {
		if ( ! $this->has_failed ) {
			$this->has_failed = true;

			$key = self::counter();
			// A failure while nobody is heard does not make it longer: somebody else may share that address.
			$count = (int) get_transient( $key );
			if ( $count < self::FAILURES ) {
				set_transient( $key, $count + 1, Clock::seconds( self::WINDOW ) );
			}
		}
	}

	/**
	 * Forgets the failures from everywhere, on this site.
	 */
	public static function forget_failures(): void {
		global $wpdb;
		foreach ( array( '_transient_', '_transient_timeout_' ) as $kind ) {
			// phpcs:ignore WordPress.DB -- core's table; where a cache keeps them they end by themselves.
			$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( $kind . self::KEY ) . '%' ) );
		}
	}

	/**
	 * Whether the caller may use the routes.
	 *
	 * @return true|\WP_Error
	 */
	public function may(): bool|\WP_Error {
		$refusal = $this->refusal();
		if ( $refusal ) {
			return $refusal;
		}
		if ( ! is_user_logged_in() ) {
			return new \WP_Error( 'rest_not_logged_in', 'Nobody is logged in: the application password of an agent is needed.', array( 'status' => 401 ) );
		}
		if ( ! Agent::is( wp_get_current_user() ) || ! rest_get_authenticated_app_password() ) {
			return new \WP_Error( 'rest_forbidden', 'This account is not an agent, or did not come with an application password.', array( 'status' => 403 ) );
		}
		return true;
	}

	/**
	 * Whether the caller may speak for a source.
	 *
	 * @param string $source The source, in small letters.
	 */
	public function is_from( string $source ): bool {
		return Agent::speaks_for( wp_get_current_user(), (string) rest_get_authenticated_app_password(), $source );
	}

	/**
	 * Why nobody is heard from where the caller is.
	 */
	private function refusal(): ?\WP_Error {
		if ( ! $this->is_allowed_address() ) {
			return new \WP_Error( 'rudr_sync_address', 'This address may not call.', array( 'status' => 403 ) );
		}
		if ( (int) get_transient( self::counter() ) >= self::FAILURES ) {
			if ( ! headers_sent() ) {
				header( 'Retry-After: ' . self::WINDOW );
			}
			return new \WP_Error( 'rudr_sync_too_many_failures', 'Too many failed logins from this address.', array( 'status' => 429 ) );
		}
		return null;
	}

	/**
	 * Whether the caller's address is on the list, if there is one.
	 */
	private function is_allowed_address(): bool {
		$allowed = $this->settings->addresses();
		$address = self::packed( self::address() );
		foreach ( array_filter( array_map( array( self::class, 'network' ), $allowed ) ) as list( $base, $bits ) ) {
			if ( null !== $address && strlen( $base ) === strlen( $address ) && self::first_bits( $base, $bits ) === self::first_bits( $address, $bits ) ) {
				return true;
			}
		}
		return ! $allowed;
	}

	/**
	 * An address or a network, as the list of addresses has them: its address as bytes, and how many bits of it count. Null: it
	 * is none.
	 *
	 * @param string $word Such as 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32.
	 * @return array{string, int}|null
	 */
	public static function network( string $word ): ?array {
		list( $base, $bits ) = array( ...explode( '/', $word, 2 ), null );
		$base                = self::packed( $base );
		if ( null === $base ) {
			return null;
		}
		$most = strlen( $base ) * 8;
		if ( null === $bits ) {
			return array( $base, $most );
		}
		return ctype_digit( $bits ) && (int) $bits <= $most ? array( $base, (int) $bits ) : null;
	}

	/**
	 * The first bits of an address, all others zero.
	 *
	 * @param string $packed Address, packed.
	 * @param int    $bits   How many.
	 */
	private static function first_bits( string $packed, int $bits ): string {
		$length = strlen( $packed );
		$mask   = str_repeat( "\xff", intdiv( $bits, 8 ) ) . ( $bits % 8 ? chr( ( 0xff << ( 8 - $bits % 8 ) ) & 0xff ) : '' );
		return $packed & str_pad( $mask, $length, "\0" );
	}

	/**
	 * An address as bytes. IPv4 written as IPv6 is IPv4.
	 *
	 * @param string $address The address.
	 */
	private static function packed( string $address ): ?string {
		// phpcs:ignore WordPress.PHP.NoSilencedErrors.Discouraged -- it warns of what is no address.
		$packed = @inet_pton( $address );
		if ( false === $packed ) {
			return null;
		}
		return str_starts_with( $packed, "\0\0\0\0\0\0\0\0\0\0\xff\xff" ) ? substr( $packed, 12 ) : $packed;
	}

	/**
	 * The caller's address.
	 */
	private static function address(): string {
		// phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- only taken for an address if it is one.
		$address = (string) ( $_SERVER['REMOTE_ADDR'] ?? '' );

		/**
		 * Filters the address that the receiver takes a caller to come from, for sites behind a proxy, which alone know
		 * which header to believe.
		 *
		 * @param string $address REMOTE_ADDR.
		 */
		return (string) apply_filters( 'rudr_sync_caller_address', $address );
	}

	/**
	 * Under which name failures from the caller's address are counted. Of IPv6, what one customer has.
	 */
	private static function counter(): string {
		$packed = self::packed( self::address() ) ?? '';
		return self::KEY . md5( 16 === strlen( $packed ) ? substr( $packed, 0, 8 ) : $packed );
	}
}
