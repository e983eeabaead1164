<?php
/**
 * A mark for a password.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A string that changes when a user's password does, but not when the same password is only hashed anew; with a digest of
 * the stored hash that it stands for. Kept in user meta.
 */
final class Password_Mark {

	/** The meta key. */
	public const META = '_rudr_sync_password';

	/**
	 * A mark.
	 *
	 * @param string $mark   Random; of no meaning.
	 * @param string $digest Digest of the hash it stands for.
	 */
	private function __construct( public readonly string $mark, public readonly string $digest ) {
	}

	/**
	 * A new mark, for a new password.
	 *
	 * @param string $hash The stored hash.
	 */
	public static function fresh( #[\SensitiveParameter] string $hash ): self {
		return new self( bin2hex( random_bytes( 8 ) ), self::digest( $hash ) );
	}

	/**
	 * Reads what is stored.
	 *
	 * @param string|null $stored The meta value.
	 */
	public static function parse( ?string $stored ): ?self {
		return preg_match( '/^([0-9a-f]{16}) ([0-9a-f]{16})$/D', (string) $stored, $part ) ? new self( $part[1], $part[2] ) : null;
	}

	/**
	 * The same mark for another hash of the same password.
	 *
	 * @param string $hash The stored hash.
	 */
	public function moved_to( #[\SensitiveParameter] string $hash ): self {
		return new self( $this->mark, self::digest( $hash ) );
	}

	/**
	 * Whether this is the mark of that hash.
	 *
	 * @param string $hash A stored hash.
	 */
	public function stands_for( #[\SensitiveParameter] string $hash ): bool {
		return hash_equals( $this->digest, self::digest( $hash ) );
	}

	/**
	 * Notes it in place of the one that was read; not over another that somebody has noted since, with a password that waits
	 * sealed by it.
	 *
	 * @param int       $user_id Whose it is.
	 * @param self|null $read    The one that was read.
	 * @return bool False if it is another by now.
	 */
	public function store( int $user_id, ?self $read ): bool {
		if ( ! $read && add_user_meta( $user_id, self::META, (string) $this, true ) ) {
			return true;
		}
		$there = (string) get_user_meta( $user_id, self::META, true );
		// What cannot be read was not written by us.
		$instead = self::parse( $there ) ? (string) $read : $there;
		return '' !== $instead && update_user_meta( $user_id, self::META, (string) $this, $instead );
	}

	/**
	 * As it is stored.
	 */
	public function __toString(): string {
		return $this->mark . ' ' . $this->digest;
	}

	/**
	 * Digest of a hash.
	 *
	 * @param string $hash A stored hash.
	 */
	private static function digest( #[\SensitiveParameter] string $hash ): string {
		return substr( hash( 'sha256', $hash ), 0, 16 );
	}
}
