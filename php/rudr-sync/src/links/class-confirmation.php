<?php
/**
 * An administrator's word about an address.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Whichever account on a site has this user's address is theirs: an administrator says so of one address. A user who takes
 * another address later, an administrator's of that site say, has no such word for it.
 */
final class Confirmation {

	/**
	 * What is kept of it: ties the address to the user with this site's key.
	 *
	 * @param int    $user_id User.
	 * @param string $email   Their address.
	 */
	public static function of( int $user_id, string $email ): string {
		return hash_hmac( 'sha256', 'rudr-sync confirmed ' . $user_id . ' ' . strtolower( $email ), wp_salt( 'auth' ) );
	}

	/**
	 * Whether it was said of the address that the user has now.
	 *
	 * @param string|null $kept    What is kept.
	 * @param int         $user_id User.
	 * @param string      $email   Their address now.
	 */
	public static function fits( ?string $kept, int $user_id, string $email ): bool {
		return null !== $kept && '' !== $email && hash_equals( self::of( $user_id, $email ), $kept );
	}
}
