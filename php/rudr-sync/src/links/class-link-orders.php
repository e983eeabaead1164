<?php
/**
 * What a person orders of links.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The statements behind *Retry*, *Sync*, *Confirm*, *Link* and *Unlink*. They only note what is wanted: delivery does it.
 */
final class Link_Orders extends Links_Table {

	/**
	 * What failed is tried again at once, as if for the first time; also what the site would not take before. Who was unlinked
	 * is not, unless they are named, nor are accounts that an administrator has left as they were. What is held never is: Held_Orders
	 * are of that.
	 *
	 * @param string     $site     Name of the site.
	 * @param int[]|null $user_ids Users; null for all.
	 * @return int How many links.
	 */
	public function retry( string $site, ?array $user_ids = null ): int {
		return $this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET " . self::due_now() . ", attempts = 0, failing = 0, retry = 1, code = NULLIF(code, %s)
				WHERE site = %s AND code <> %s",
				self::UNLINKED,
				$site,
				self::HELD
			) . ( null === $user_ids ? $this->db->prepare( ' AND code NOT IN (%s, %s)', self::UNLINKED, self::DISCARDED ) : ' AND ' . self::users( $user_ids ) )
		);
	}

	/**
	 * An administrator says that whichever account on the site has this user's address is theirs: the address that they have
	 * now, and no other.
	 *
	 * @param string      $site    Name of the site.
	 * @param int         $user_id User.
	 * @param string|null $said    The Confirmation of the address that the administrator saw; null if they mean whatever it is.
	 * @return bool False if the user has another one by now: nothing is noted.
	 */
	public function confirm( string $site, int $user_id, ?string $said = null ): bool {
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- core's table.
		$email = (string) $this->found( $this->db->get_var( $this->db->prepare( "SELECT user_email FROM {$this->db->users} WHERE ID = %d", $user_id ) ) );
		$of    = Confirmation::of( $user_id, $email );
		if ( null !== $said && ! hash_equals( $of, $said ) ) {
			return false;
		}
		$this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET confirmed = %s, code = NULLIF(code, %s), " . self::due_now() . "
				WHERE site = %s AND user_id = %d AND remote_id IS NULL",
				$of,
				self::UNLINKED,
				$site,
				$user_id
			)
		);
		return true;
	}

	/**
	 * These users are to be looked at, whether or not they changed. Links are made where there are none, also where there
	 * were some until a person unlinked the user.
	 *
	 * @param string $site     Name of the site.
	 * @param int[]  $user_ids Users.
	 */
	public function sync( string $site, array $user_ids ): void {
		$this->mark( $site, 'u.' . self::users( $user_ids, 'ID' ), self::LIVE, $this->db->prepare( ', code = NULLIF(code, %s)', self::UNLINKED ) );
		// Of who was removed there is a link only.
		$this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET due_at = UTC_TIMESTAMP() WHERE site = %s AND want = %s AND ",
				$site,
				self::ABSENT
			) . self::users( $user_ids )
		);
	}

	/**
	 * The same for the next so many users by id, after live changes; but not where an administrator has left the account as it was.
	 *
	 * @param string $site  Name of the site.
	 * @param int    $after The id after which to begin.
	 * @param int    $limit How many.
	 * @return int|null The last id; null if there were none.
	 */
	public function sync_next( string $site, int $after, int $limit ): ?int {
		$last = $this->db->get_var(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- core's table.
				"SELECT MAX(ID) FROM (SELECT ID FROM {$this->db->users} WHERE ID > %d ORDER BY ID LIMIT %d) some",
				$after,
				$limit
			)
		);
		if ( null === $this->found( $last ) ) {
			return null;
		}
		$this->mark(
			$site,
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"u.ID > %d AND u.ID <= %d AND NOT EXISTS (SELECT 1 FROM {$this->table} d WHERE d.site = %s AND d.user_id = u.ID AND d.code = %s)",
				$after,
				$last,
				$site,
				self::DISCARDED
			),
			self::BACKFILL
		);
		return (int) $last;
	}

	/**
	 * How many users of a site are due.
	 *
	 * @param string $site Name of the site.
	 */
	public function count_due( string $site ): int {
		$due = $this->db->get_var(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"SELECT COUNT(*) FROM {$this->table} WHERE site = %s AND revision <> synced_revision AND due_at <= UTC_TIMESTAMP()",
				$site
			)
		);
		return (int) $this->found( $due );
	}

	/**
	 * That account there is this user's: a person's word. Delivery still looks whether it has that login before it sends
	 * anything that would hand it over.
	 *
	 * @param string      $site      Name of the site.
	 * @param int         $user_id   User.
	 * @param int         $remote_id The account there.
	 * @param string|null $login     Its login; null: it has the user's login or address.
	 * @return bool False if another user's link holds it.
	 */
	public function link( string $site, int $user_id, int $remote_id, ?string $login ): bool {
		$this->write(
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
			$this->db->prepare( "INSERT IGNORE INTO {$this->table} (site, user_id) VALUES (%s, %d)", $site, $user_id )
		);
		// Without the lease nobody who is at it right now writes anything else over it.
		$this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE IGNORE {$this->table} SET remote_id = %d, remote_login = NULLIF(%s, ''), trust = %s, base = NULL, received = NULL,
				tried_at = NULL, tried_last = NULL, tried_email = NULL, confirmed = NULL, code = NULL, message = NULL,
				lease = NULL, lease_until = NULL, " . self::due_now() . ", priority = %d WHERE site = %s AND user_id = %d",
				$remote_id,
				(string) $login,
				self::NAMED,
				self::LIVE,
				$site,
				$user_id
			)
		);
		$holder = $this->db->get_var(
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
			$this->db->prepare( "SELECT user_id FROM {$this->table} WHERE site = %s AND remote_id = %d", $site, $remote_id )
		);
		return (int) $this->found( $holder ) === $user_id;
	}

	/**
	 * Forgets whose account there a user's is. The account stays as it is; a password that waits for it is dropped. The user
	 * does not follow any more until a person says otherwise: the row stays and says so. That of a removed user goes.
	 *
	 * @param string      $site    Name of the site.
	 * @param int         $user_id User.
	 * @param string|null $why     For a person, if it was none who ordered it.
	 * @return bool False if there was no link.
	 */
	public function unlink( string $site, int $user_id, ?string $why = null ): bool {
		Remote_Id_Meta::forget_held( $site, $user_id );
		$removed = $this->db->delete(
			$this->table,
			array(
				'site'    => $site,
				'user_id' => $user_id,
				'want'    => self::ABSENT,
			),
			array( '%s', '%d', '%s' )
		);
		if ( $removed ) {
			return true;
		}
		return (bool) $this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET remote_id = NULL, remote_login = NULL, trust = NULL, base = NULL, secret = NULL, received = NULL,
				tried_at = NULL, tried_last = NULL, tried_email = NULL, confirmed = NULL, retry = 0, released = 0, attempts = 0, failing = 0,
				synced_revision = revision, due_at = NULL, lease = NULL, lease_until = NULL, code = %s, message = %s
				WHERE site = %s AND user_id = %d AND NOT code <=> %s",
				self::UNLINKED,
				$why ?? __( 'Unlinked by a person: does not follow to this site until one links, confirms, retries or syncs this user by name.', 'rudr-sync' ),
				$site,
				$user_id,
				self::UNLINKED
			)
		);
	}

	/**
	 * Makes links, or makes those that there are due.
	 *
	 * @param string $site      Name of the site.
	 * @param string $condition Prepared SQL on core's table, as `u`.
	 * @param int    $priority  Of links that are not waiting already.
	 * @param string $also      Prepared SQL: what else is set on links that there are.
	 */
	private function mark( string $site, string $condition, int $priority, string $also = '' ): void {
		$this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table and core's.
				"INSERT INTO {$this->table} (site, user_id, revision, dirty_since, due_at, priority) SELECT %s, u.ID, 1, UTC_TIMESTAMP(), UTC_TIMESTAMP(), %d FROM {$this->db->users} u WHERE ",
				$site,
				$priority
			) . $condition . $this->db->prepare(
				// The priority first: MySQL sets from left to right, and it needs the old revision.
				' ON DUPLICATE KEY UPDATE priority = IF(revision = synced_revision, %d, LEAST(priority, %d)), ' . self::due_now(),
				$priority,
				$priority
			) . $also
		);
	}
}
