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

	/** Tries of a statement that others were in the way of. */
	private const TRIES = 3;

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
	 * Notes it in place of what was read; not over another that somebody has noted since, with a password that waits sealed by
	 * it. By none of core's hooks, since it is nobody else's business.
	 *
	 * @param int         $user_id Whose it is.
	 * @param string|null $read    The meta value that was read.
	 * @return bool False if it is another by now.
	 */
	public function store( int $user_id, ?string $read ): bool {
		global $wpdb;
		if ( null === $read ) {
			return (bool) self::add( array( $user_id => $this ) );
		}
		$rows = self::write(
			$wpdb->prepare(
				"UPDATE {$wpdb->usermeta} SET meta_value = %s WHERE user_id = %d AND meta_key = %s AND meta_value = %s",
				(string) $this,
				$user_id,
				self::META,
				$read
			)
		);
		self::forget( array( $user_id ) );
		return (bool) $rows;
	}

	/**
	 * Notes many, each as store() does; those that take no other's place in one statement.
	 *
	 * @param array<int, self>        $marks The marks, by user id.
	 * @param array<int, string|null> $read  The meta values that were read.
	 * @return int[] The users whose marks are these now.
	 */
	public static function store_all( array $marks, array $read ): array {
		$new = array_filter( $marks, static fn( int $id ): bool => null === $read[ $id ], ARRAY_FILTER_USE_KEY );
		$new = $new ? self::add( $new ) : array();
		$one = static fn( int $id ): bool => null === $read[ $id ] ? isset( $new[ $id ] ) : $marks[ $id ]->store( $id, $read[ $id ] );
		return array_values( array_filter( array_keys( $marks ), $one ) );
	}

	/**
	 * Notes the marks of users who have none. Meta knows no unique key: two who find none take turns at the row of the user, at
	 * every level of isolation.
	 *
	 * @param array<int, self> $marks The marks, by user id.
	 * @return array<int, self> Those that are noted: somebody may have one by now.
	 */
	private static function add( array $marks ): array {
		global $wpdb;
		$rows = array();
		foreach ( $marks as $user_id => $mark ) {
			$rows[] = $wpdb->prepare( 'SELECT %d AS user_id, %s AS mark', $user_id, (string) $mark );
		}
		$rows = self::write(
			$wpdb->prepare( "INSERT INTO {$wpdb->usermeta} (user_id, meta_key, meta_value) SELECT u.ID, %s, n.mark FROM (", self::META )
			. implode( ' UNION ALL ', $rows )
			. $wpdb->prepare( ") n JOIN {$wpdb->users} u ON u.ID = n.user_id
				WHERE NOT EXISTS (SELECT 1 FROM {$wpdb->usermeta} m WHERE m.user_id = u.ID AND m.meta_key = %s) FOR UPDATE", self::META )
		);
		self::forget( array_keys( $marks ) );
		if ( ! $rows || count( $marks ) === $rows ) {
			return $rows ? $marks : array();
		}
		$ids = implode( ',', array_map( 'intval', array_keys( $marks ) ) );
		// phpcs:ignore WordPress.DB -- core's table, and numbers; past every cache.
		$noted = $wpdb->get_results( $wpdb->prepare( "SELECT user_id, meta_value FROM {$wpdb->usermeta} WHERE meta_key = %s AND user_id IN ({$ids})", self::META ) );
		$noted = array_column( (array) $noted, 'meta_value', 'user_id' );
		return array_filter( $marks, static fn( self $mark, int $id ): bool => (string) $mark === ( $noted[ $id ] ?? '' ), ARRAY_FILTER_USE_BOTH );
	}

	/**
	 * Does what may be in others' way.
	 *
	 * @param string $sql Prepared SQL.
	 * @return int|bool Rows; false if it could not be done.
	 */
	private static function write( string $sql ): int|bool {
		global $wpdb;
		for ( $try = 1; ; ++$try ) {
			$quiet = $wpdb->suppress_errors();
			$rows  = $wpdb->query( $sql ); // phpcs:ignore WordPress.DB.PreparedSQL.NotPrepared -- prepared by the caller.
			$wpdb->suppress_errors( $quiet );
			if ( false !== $rows || $try >= self::TRIES || ! Database_Error::last( $wpdb )->is_passing() ) {
				return $rows;
			}
		}
	}

	/**
	 * What core has cached of their meta is not so any more.
	 *
	 * @param int[] $user_ids Users.
	 */
	private static function forget( array $user_ids ): void {
		try {
			wp_cache_delete_multiple( $user_ids, 'user_meta' );
		} catch ( \Throwable $e ) {
			// After the response an object cache may be closed already. The mark is stored all the same.
			Log::thrown( $e );
		}
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
