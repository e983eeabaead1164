<?php
/**
 * The table of links: marking and leasing.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Every statement on the table is here or in Write_Back. All times are the database's own.
 *
 * A row is in step if `revision = synced_revision`. While a request is at work on a user the row is *unsettled*: it may be
 * pushed, but stays dirty, since what was read may be half of a change.
 */
final class Links {

	/** `want`: the user exists there. */
	public const PRESENT = 'present';

	/** `want`: the user is to be gone. */
	public const ABSENT = 'absent';

	/** `code` of a removed user who could edit users or options here: their account there is left alone. */
	public const PRIVILEGED = 'privileged';

	/** `priority` of what has just happened. */
	public const LIVE = 0;

	/** `priority` of what is made up for: after live changes, so that whoever registers does not wait for 50 000 others. */
	public const BACKFILL = 9;

	/** `code` of a link whose user has a new password that could not be kept. */
	public const KEY_MISSING = 'key_missing';

	/** Seconds after which a request that marked a user and did not come back is taken for dead. */
	private const UNSETTLED = 60;

	/** Tries of a statement that met a deadlock. */
	private const TRIES = 3;

	/** The condition under which a row is nobody's. */
	private const FREE = '(lease IS NULL OR lease_until < UTC_TIMESTAMP())';

	/** The table. */
	public readonly string $table;

	/**
	 * The table of this database.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
		$this->table = self::table( $db );
	}

	/**
	 * The table's name. One for a whole network, since its users are the network's.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public static function table( \wpdb $db ): string {
		return $db->base_prefix . 'rudr_sync_links';
	}

	/**
	 * First mark: the user is no longer in step with these sites. Makes links where there are none.
	 *
	 * @param string[] $sites   Names of sites.
	 * @param int      $user_id User.
	 * @param string   $request The request that is at work on them.
	 */
	public function mark( array $sites, int $user_id, string $request ): void {
		$rows = array();
		foreach ( $sites as $site ) {
			$until  = Clock::ahead( self::UNSETTLED );
			$rows[] = $this->db->prepare( "(%s, %d, 1, {$until}, {$until}, %s)", $site, $user_id, $request ); // phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- a number in it.
		}
		$this->write(
			"INSERT INTO {$this->table} (site, user_id, revision, due_at, unsettled_until, unsettled_by) VALUES " . implode( ', ', $rows )
			. ' ON DUPLICATE KEY UPDATE ' . $this->first_mark( $request )
		);
	}

	/**
	 * First mark of a user who is about to be removed, on the links that there are.
	 *
	 * @param string[] $sites   Names of sites.
	 * @param \WP_User $user    The user as they are.
	 * @param int|null $heir_id Local heir.
	 * @param string   $request The request that removes them.
	 */
	public function mark_removed( array $sites, \WP_User $user, ?int $heir_id, string $request ): void {
		$this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL -- our own table, and a prepared part.
				"UPDATE {$this->table} SET want = %s, login = %s, email = %s, reassign = NULLIF(%d, 0), code = NULLIF(%s, ''), ",
				self::ABSENT,
				$user->user_login,
				$user->user_email,
				(int) $heir_id,
				Privileges::of( $user ) ? self::PRIVILEGED : ''
			) . $this->first_mark( $request ) . ' WHERE ' . $this->sites( $sites ) . ' AND ' . $this->users( array( $user->ID ) )
		);
	}

	/**
	 * The same for a user without an account on the link, whose id there somebody has noted in user meta. It is believed
	 * only once the account has been looked at: no login, no trust. An id that another link holds is not believed at all.
	 *
	 * @param string   $site    Name of the site.
	 * @param \WP_User $user    The user as they are.
	 * @param int|null $heir_id Local heir.
	 * @param int      $claimed The id.
	 * @param string   $request The request that removes them.
	 */
	public function mark_removed_with_claim( string $site, \WP_User $user, ?int $heir_id, int $claimed, string $request ): void {
		$this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL -- our own table, and a number.
				"INSERT IGNORE INTO {$this->table} (site, user_id, want, login, email, reassign, code, revision, due_at, unsettled_until, unsettled_by)
				VALUES (%s, %d, %s, %s, %s, NULLIF(%d, 0), NULLIF(%s, ''), 1, UTC_TIMESTAMP(), " . Clock::ahead( self::UNSETTLED ) . ', %s)',
				$site,
				$user->ID,
				self::ABSENT,
				$user->user_login,
				$user->user_email,
				(int) $heir_id,
				Privileges::of( $user ) ? self::PRIVILEGED : '',
				$request
			)
		);
		$this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE IGNORE {$this->table} SET remote_id = %d, tried_at = %s, tried_last = %s + INTERVAL %d SECOND
				WHERE site = %s AND user_id = %d AND remote_id IS NULL",
				$claimed,
				$user->user_registered,
				$user->user_registered,
				Jobs::TUTORIAL_WINDOW,
				$site,
				$user->ID
			)
		);
	}

	/**
	 * Second mark: the request's work on these users is done, their links are due.
	 *
	 * @param string[] $sites    Names of sites.
	 * @param int[]    $user_ids Users.
	 * @param string   $request  The request that worked on them.
	 */
	public function settle( array $sites, array $user_ids, string $request ): void {
		foreach ( array_chunk( $user_ids, 500 ) as $ids ) {
			$this->write(
				$this->db->prepare(
					// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
					"UPDATE {$this->table} SET revision = revision + 1, due_at = UTC_TIMESTAMP(),
					unsettled_until = IF(unsettled_by = %s, NULL, unsettled_until),
					unsettled_by = IF(unsettled_by = %s, NULL, unsettled_by) WHERE ",
					$request,
					$request
				) . $this->sites( $sites ) . ' AND ' . $this->users( $ids )
			);
		}
	}

	/**
	 * Keeps a sealed password until it is delivered.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 * @param string $sealed  The password, sealed.
	 */
	public function keep_secret( string $site, int $user_id, string $sealed ): void {
		$this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET secret = %s, code = NULLIF(code, %s) WHERE site = %s AND user_id = %d",
				$sealed,
				self::KEY_MISSING,
				$site,
				$user_id
			)
		);
	}

	/**
	 * Notes that a new password could not be kept; an older one that waits is of no use any more.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 * @param string $message What to do about it.
	 */
	public function cannot_keep_secret( string $site, int $user_id, string $message ): void {
		$this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET secret = NULL, code = %s, message = %s WHERE site = %s AND user_id = %d",
				self::KEY_MISSING,
				$message,
				$site,
				$user_id
			)
		);
	}

	/**
	 * Marks every link: what happened while the plugin was off is found, and what has not changed costs no request.
	 */
	public function mark_all(): void {
		$this->write(
			$this->db->prepare(
				// The priority first: MySQL sets from left to right, and it needs the old revision.
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET priority = IF(revision = synced_revision, %d, priority), revision = revision + 1, due_at = UTC_TIMESTAMP()",
				self::BACKFILL
			)
		);
	}

	/**
	 * Makes links for users above an id who have none: they were cut off while they were made. Whoever is being made right
	 * now is left to the request that does it.
	 *
	 * @param string $site  Name of the site.
	 * @param int    $after The id.
	 * @param int    $limit How many at most.
	 * @return int How many there were.
	 */
	public function mark_missing( string $site, int $after, int $limit ): int {
		// Read first: a write that reads as it goes would hold up whoever registers meanwhile.
		$ids = $this->db->get_col(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table and core's.
				"SELECT u.ID FROM {$this->db->users} u LEFT JOIN {$this->table} l ON l.site = %s AND l.user_id = u.ID
				WHERE u.ID > %d AND l.user_id IS NULL ORDER BY u.ID LIMIT %d",
				$site,
				$after,
				$limit
			)
		);
		if ( $ids ) {
			$this->write(
				$this->db->prepare(
					// phpcs:ignore WordPress.DB.PreparedSQL -- our own table and core's, and numbers.
					"INSERT IGNORE INTO {$this->table} (site, user_id, revision, due_at) SELECT %s, ID, 1, " . Clock::ahead( self::UNSETTLED )
					. " FROM {$this->db->users} WHERE ID IN (" . implode( ',', array_map( 'intval', $ids ) ) . ')',
					$site
				)
			);
		}
		return count( $ids );
	}

	/**
	 * Forgets all links, and with them the passwords that wait.
	 */
	public function forget_all(): void {
		$this->write( "DELETE FROM {$this->table}" );
	}

	/**
	 * An administrator says that whichever account on the site has this user's address is theirs.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 */
	public function confirm( string $site, int $user_id ): void {
		$this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET trust = 'adopted', revision = revision + 1, due_at = UTC_TIMESTAMP()
				WHERE site = %s AND user_id = %d AND remote_id IS NULL",
				$site,
				$user_id
			)
		);
	}

	/**
	 * Users whose links are due and nobody's, live changes first. Nothing is locked: claim() says who gets them.
	 *
	 * @param string $site  Name of the site.
	 * @param int    $limit How many at most.
	 * @return int[]
	 */
	public function due( string $site, int $limit ): array {
		$ids = array();
		foreach ( array( self::LIVE, self::BACKFILL ) as $priority ) {
			if ( count( $ids ) >= $limit ) {
				break;
			}
			// One priority at a time is one piece of the index; both at once would be all links of the site.
			$found = $this->db->get_col(
				$this->db->prepare(
					// phpcs:ignore WordPress.DB.PreparedSQL -- our own table and a constant.
					"SELECT user_id FROM {$this->table} WHERE site = %s AND priority = %d AND due_at <= UTC_TIMESTAMP() AND revision <> synced_revision
					AND " . self::FREE . ' ORDER BY due_at LIMIT %d',
					$site,
					$priority,
					$limit - count( $ids )
				)
			);
			array_push( $ids, ...array_map( 'intval', $found ) );
		}
		return $ids;
	}

	/**
	 * Takes links of these users that are due and nobody's.
	 *
	 * @param string $site     Name of the site.
	 * @param int[]  $user_ids Users.
	 * @param string $lease    Token of the taker.
	 * @param int    $seconds  How long the lease lasts.
	 * @return array<int, Link> By user id.
	 */
	public function claim( string $site, array $user_ids, string $lease, int $seconds ): array {
		$this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL -- our own table and a constant.
				// By primary key: another index would lock what others are about to claim.
				"UPDATE {$this->table} FORCE INDEX (PRIMARY) SET lease = %s, lease_until = UTC_TIMESTAMP() + INTERVAL %d SECOND
				WHERE site = %s AND revision <> synced_revision AND due_at <= UTC_TIMESTAMP() AND " . self::FREE . ' AND ',
				$lease,
				$seconds,
				$site
			) . $this->users( $user_ids )
		);
		return $this->held( $site, $user_ids, $lease );
	}

	/**
	 * The links that bear a token.
	 *
	 * @param string $site     Name of the site.
	 * @param int[]  $user_ids Users.
	 * @param string $lease    Token.
	 * @return array<int, Link> By user id.
	 */
	public function held( string $site, array $user_ids, string $lease ): array {
		$rows = $this->db->get_results(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"SELECT site, user_id, remote_id, remote_login, trust, want, login, email, reassign, code, message, revision, base, secret, attempts, failing,
				COALESCE(unsettled_until > UTC_TIMESTAMP(), 0) AS unsettled,
				TIMESTAMPDIFF(SECOND, '1970-01-01', tried_at) AS tried_at,
				TIMESTAMPDIFF(SECOND, '1970-01-01', tried_last) AS tried_last,
				TIMESTAMPDIFF(SECOND, '1970-01-01', UTC_TIMESTAMP()) AS now
				FROM {$this->table} WHERE site = %s AND lease = %s AND ",
				$site,
				$lease
			) . $this->users( $user_ids ),
			ARRAY_A
		);
		$links = array();
		foreach ( (array) $rows as $row ) {
			$links[ (int) $row['user_id'] ] = Link::of_row( $row );
		}
		return $links;
	}

	/**
	 * Notes that creates are about to be sent: if no answer comes, the next try looks before it creates.
	 *
	 * @param string $site     Name of the site.
	 * @param int[]  $user_ids Users.
	 * @param string $lease    Token.
	 */
	public function note_tries( string $site, array $user_ids, string $lease ): void {
		if ( $user_ids ) {
			$this->write(
				$this->db->prepare(
					// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
					"UPDATE {$this->table} SET tried_at = COALESCE(tried_at, UTC_TIMESTAMP()), tried_last = UTC_TIMESTAMP()
					WHERE site = %s AND lease = %s AND ",
					$site,
					$lease
				) . $this->users( $user_ids )
			);
		}
	}

	/**
	 * Gives back what still bears a token.
	 *
	 * @param string $site     Name of the site.
	 * @param int[]  $user_ids Users.
	 * @param string $lease    Token.
	 */
	public function release( string $site, array $user_ids, string $lease ): void {
		$this->write(
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
			$this->db->prepare( "UPDATE {$this->table} SET lease = NULL, lease_until = NULL WHERE site = %s AND lease = %s AND ", $site, $lease )
			. $this->users( $user_ids )
		);
	}

	/**
	 * The accounts of these users there, where they have one.
	 *
	 * @param string $site     Name of the site.
	 * @param int[]  $user_ids Users.
	 * @return array<int, int> Remote id by user id.
	 */
	public function remote_ids( string $site, array $user_ids ): array {
		if ( ! $user_ids ) {
			return array();
		}
		$rows = $this->db->get_results(
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
			$this->db->prepare( "SELECT user_id, remote_id FROM {$this->table} WHERE site = %s AND remote_id IS NOT NULL AND ", $site )
			. $this->users( $user_ids ),
			ARRAY_A
		);
		return array_map( 'intval', array_column( (array) $rows, 'remote_id', 'user_id' ) );
	}

	/**
	 * Links that wait for a person, newest first.
	 *
	 * @param int $limit How many at most.
	 * @return array<int, array<string, string|null>> Rows with site, user_id, login, code, message.
	 */
	public function waiting_for_a_person( int $limit ): array {
		return (array) $this->db->get_results(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"SELECT site, user_id, login, code, message FROM {$this->table}
				WHERE due_at IS NULL AND code IS NOT NULL ORDER BY user_id DESC LIMIT %d",
				$limit
			),
			ARRAY_A
		);
	}

	/**
	 * Runs a statement, again if it met a deadlock.
	 *
	 * @param string $sql Prepared SQL.
	 * @return int Rows that it changed.
	 */
	public function write( string $sql ): int {
		for ( $try = 1; ; ++$try ) {
			$quiet = $this->db->suppress_errors( $try < self::TRIES );
			$rows  = $this->db->query( $sql ); // phpcs:ignore WordPress.DB.PreparedSQL.NotPrepared -- the callers prepare.
			$this->db->suppress_errors( $quiet );
			if ( false !== $rows || $try >= self::TRIES ) {
				return (int) $rows;
			}
		}
	}

	/**
	 * What the first mark sets on a row that is there.
	 *
	 * @param string $request The request at work.
	 */
	private function first_mark( string $request ): string {
		$until = Clock::ahead( self::UNSETTLED );
		// MySQL sets from left to right: `unsettled_by` needs the old `unsettled_until`.
		return $this->db->prepare(
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- a number in it.
			"revision = revision + 1, priority = %d, due_at = {$until},
			unsettled_by = IF(unsettled_until > UTC_TIMESTAMP() AND unsettled_by <> %s, '*', %s), unsettled_until = {$until}",
			self::LIVE,
			$request,
			$request
		);
	}

	/**
	 * The condition that picks these sites.
	 *
	 * @param string[] $sites Names of sites.
	 */
	private function sites( array $sites ): string {
		// phpcs:ignore WordPress.DB.PreparedSQLPlaceholders -- as many placeholders as sites.
		return $this->db->prepare( 'site IN (' . implode( ',', array_fill( 0, count( $sites ), '%s' ) ) . ')', $sites );
	}

	/**
	 * The condition that picks these users.
	 *
	 * @param int[] $user_ids Users.
	 */
	private function users( array $user_ids ): string {
		return 'user_id IN (' . implode( ',', array_map( 'intval', $user_ids ) ?: array( 0 ) ) . ')';
	}
}
