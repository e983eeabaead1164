<?php
/**
 * Who has shown that their address is theirs.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A person who sets a password through a link that was mailed to them proves that the address is theirs. (Also the link in
 * the mail to somebody who has just registered.) Code that calls `reset_password()` proves nothing.
 */
final class Proofs {

	/** The meta key: an HMAC of the address, and the mark of the password that was set. */
	public const META = '_rudr_sync_proved';

	/**
	 * Who came by a good link in this request, and the address that it was mailed to: they may have another before the request ends.
	 *
	 * @var array<int, string>
	 */
	private array $came_by_link = array();

	/**
	 * The same of those who set a password.
	 *
	 * @var array<int, string>
	 */
	private array $proved = array();

	/**
	 * Reads users from there.
	 *
	 * @param Primary $primary Users as they are now.
	 */
	public function __construct( private readonly Primary $primary ) {
	}

	/**
	 * The link was good: WordPress has found no error. It forgets a link when the address changes.
	 *
	 * @param \WP_User $user Whose link it was, as they were when it was looked at.
	 */
	public function came_by_link( \WP_User $user ): void {
		$this->came_by_link[ $user->ID ] = $user->user_email;
	}

	/**
	 * A password was reset.
	 *
	 * @param int $user_id Whose.
	 */
	public function was_reset( int $user_id ): void {
		if ( isset( $this->came_by_link[ $user_id ] ) ) {
			$this->proved[ $user_id ] = $this->came_by_link[ $user_id ];
		}
	}

	/**
	 * Notes the proofs of this request; after the marks of the passwords are settled.
	 */
	public function settle(): void {
		$proved             = $this->proved;
		$this->proved       = array();
		$this->came_by_link = array();

		$meta = $this->primary->meta( array_keys( $proved ), array( Password_Mark::META ) );
		foreach ( $proved as $user_id => $email ) {
			$mark = Password_Mark::parse( $meta[ $user_id ][ Password_Mark::META ] ?? null );
			if ( $mark ) {
				update_user_meta( $user_id, self::META, self::seal( $user_id, $email ) . ' ' . $mark->mark );
			}
		}
	}

	/**
	 * What a stored proof is worth for the address that the user has now: the mark of the password that the reset set, or
	 * false.
	 *
	 * @param int         $user_id User.
	 * @param string      $email   Their address now.
	 * @param string|null $stored  The meta value.
	 */
	public static function read( int $user_id, string $email, ?string $stored ): string|false {
		$part = explode( ' ', (string) $stored );
		return 2 === count( $part ) && hash_equals( self::seal( $user_id, $email ), $part[0] ) ? $part[1] : false;
	}

	/**
	 * Ties an address to a user with this site's key, so that whoever can write user meta cannot write a proof.
	 *
	 * @param int    $user_id User.
	 * @param string $email   Address.
	 */
	private static function seal( int $user_id, string $email ): string {
		return hash_hmac( 'sha256', 'rudr-sync proved ' . $user_id . ' ' . strtolower( $email ), wp_salt( 'auth' ) );
	}
}
