<?php
/**
 * Finds accounts.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The accounts here as the database has them now: a stale object cache must not decide whose an account is. Many are read at
 * once before a batch.
 */
final class Accounts {

	/**
	 * Rows of accounts that might be meant, for each login and address that was asked for.
	 *
	 * @var array<string, array<int, object>>
	 */
	private array $candidates = array();

	/**
	 * Reads from this database.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
	}

	/**
	 * Reads accounts by their ids, past the object cache.
	 *
	 * @param int[] $ids Ids.
	 */
	public function read( array $ids ): void {
		if ( ! $ids ) {
			return;
		}
		foreach ( $ids as $id ) {
			wp_cache_delete( $id, 'users' );
			wp_cache_delete( $id, 'user_meta' );
		}
		cache_users( $ids );
	}

	/**
	 * Reads the accounts that might be meant by these logins and addresses.
	 *
	 * @param string[] $logins Logins.
	 * @param string[] $emails Addresses.
	 */
	public function look_for( array $logins, array $emails ): void {
		foreach ( array(
			'user_login' => $logins,
			'user_email' => $emails,
		) as $column => $values ) {
			$values = array_values( array_unique( array_filter( $values, 'strlen' ) ) );
			if ( ! $values ) {
				continue;
			}
			foreach ( $values as $value ) {
				$this->candidates[ $column . ' ' . strtolower( $value ) ] = array();
			}
			$marks = implode( ',', array_fill( 0, count( $values ), '%s' ) );
			// phpcs:ignore WordPress.DB.PreparedSQL, WordPress.DB.PreparedSQLPlaceholders -- core's table, one of two columns, and placeholders.
			$rows = $this->db->get_results( $this->db->prepare( "SELECT ID, user_login, user_email, user_pass FROM {$this->db->users} WHERE {$column} IN ({$marks})", $values ) );
			foreach ( (array) $rows as $row ) {
				// The database takes é for e; only who has it to the letter is a candidate.
				$this->candidates[ $column . ' ' . strtolower( $row->$column ) ][ (int) $row->ID ] = $row;
			}
			// A cache that outlives requests may know somebody who is long gone, or was never there.
			wp_cache_delete_multiple( $values, 'user_login' === $column ? 'userlogins' : 'useremail' );
		}
	}

	/**
	 * What was read before may be wrong by now.
	 */
	public function forget(): void {
		$this->candidates = array();
	}

	/**
	 * The accounts with exactly that address; ASCII case does not matter.
	 *
	 * @param string $email The address.
	 * @return int[]
	 */
	public function with_email( string $email ): array {
		return array_keys( $this->candidates( 'user_email', $email ) );
	}

	/**
	 * The account that was being made when a request was cut off.
	 *
	 * @param string $login The login that was asked for.
	 * @param string $email The address; a plugin may have changed the login.
	 * @param string $mark  What it bears instead of a password.
	 */
	public function with_mark( string $login, string $email, string $mark ): ?int {
		foreach ( $this->candidates( 'user_login', $login ) + $this->candidates( 'user_email', $email ) as $id => $row ) {
			if ( $row->user_pass === $mark ) {
				return $id;
			}
		}
		return null;
	}

	/**
	 * An older account with the login or the address of one that was just made: somebody registered at the same moment. The
	 * table has no key that would forbid it.
	 *
	 * @param \WP_User $user The account.
	 */
	public function elder_twin( \WP_User $user ): ?int {
		$rows = $this->db->get_results(
			$this->db->prepare( "SELECT ID, user_login, user_email FROM {$this->db->users} WHERE (user_login = %s OR user_email = %s) AND ID < %d", $user->user_login, $user->user_email, $user->ID )
		);
		foreach ( (array) $rows as $row ) {
			if ( $row->user_login === $user->user_login || self::is_same_email( $row->user_email, $user->user_email ) ) {
				return (int) $row->ID;
			}
		}
		return null;
	}

	/**
	 * An account.
	 *
	 * @param int $id Its id.
	 */
	public function get( int $id ): ?\WP_User {
		return get_userdata( $id ) ?: null;
	}

	/**
	 * Removes an account that nobody has used yet, from the network where there is one.
	 *
	 * @param int $id Its id.
	 */
	public static function remove( int $id ): void {
		require_once ABSPATH . 'wp-admin/includes/user.php';
		if ( ! is_multisite() ) {
			wp_delete_user( $id );
			return;
		}
		require_once ABSPATH . 'wp-admin/includes/ms.php';
		wpmu_delete_user( $id );
	}

	/**
	 * Whether an account belongs to this blog; on a single site, all do.
	 *
	 * @param int $id Its id.
	 */
	public static function is_member( int $id ): bool {
		return ! is_multisite() || is_user_member_of_blog( $id, get_current_blog_id() );
	}

	/**
	 * Whether two addresses are the same. ASCII case does not matter, everything else does.
	 *
	 * @param string $a One.
	 * @param string $b The other.
	 */
	public static function is_same_email( string $a, string $b ): bool {
		return '' !== $a && 0 === strcasecmp( $a, $b );
	}

	/**
	 * Rows that might be meant.
	 *
	 * @param string $column Column.
	 * @param string $value  What it holds.
	 * @return array<int, object>
	 */
	private function candidates( string $column, string $value ): array {
		if ( '' === $value ) {
			return array();
		}
		$key = $column . ' ' . strtolower( $value );
		if ( ! isset( $this->candidates[ $key ] ) ) {
			$this->look_for( 'user_login' === $column ? array( $value ) : array(), 'user_email' === $column ? array( $value ) : array() );
		}
		return $this->candidates[ $key ];
	}
}
