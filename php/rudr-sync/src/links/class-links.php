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

	/** `code` of a user who may edit users or options here, and whose account there is left alone. */
	public const PRIVILEGED = 'privileged';

	/** `code` of a link that a person took away. Its row stays, in step, and says so: nobody makes it anew. */
	public const UNLINKED = 'unlinked';

	/** `priority` of what has just happened. */
	public const LIVE = 0;

	/** `priority` of what is made up for: after live changes, so that whoever registers does not wait for 50 000 others. */
	public const BACKFILL = 9;

	/** `code` of a link whose user has a new password that could not be kept. */
	public const KEY_MISSING = 'key_missing';

	/** Seconds after which a request that marked a user and did not come back is taken for dead. */
	public const UNSETTLED = 60;

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
		$this->mark_or_log(
			"INSERT INTO {$this->table} (site, user_id, revision, due_at, unsettled_until, unsettled_by) VALUES " . implode( ', ', $rows )
			. ' ON DUPLICATE KEY UPDATE ' . self::assignments( $this->first_mark( $request ) )
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
		$this->mark_or_log(
			"UPDATE {$this->table} SET " . self::assignments( $this->first_mark( $request ) + $this->removal( $user, $heir_id ) )
			. ' WHERE ' . $this->sites( $sites ) . ' AND ' . $this->users( array( $user->ID ) )
		);
	}

	/**
	 * The same for a user whose id on the only site somebody has noted in user meta: should there be no account on that link,
	 * or no link at all, this one is to be looked at. It is believed only once that is done: no login, no trust. An id that
	 * another link holds is not believed at all.
	 *
	 * All in one statement: what a visitor waits for is not to grow with what others keep in user meta.
	 *
	 * @param string[] $sites   Names of sites, Sites::ONLY among them.
	 * @param \WP_User $user    The user as they are.
	 * @param int|null $heir_id Local heir.
	 * @param int      $claimed The id.
	 * @param string   $request The request that removes them.
	 */
	public function mark_removed_with_claim( array $sites, \WP_User $user, ?int $heir_id, int $claimed, string $request ): void {
		$untold = 'remote_id IS NULL AND tried_at IS NULL';
		// MySQL sets from left to right: what is asked of a column comes before it is set.
		$claim = array(
			'tried_last' => "IF({$untold}, VALUES(tried_last), tried_last)",
			'remote_id'  => "IF({$untold}, VALUES(remote_id), remote_id)",
			'tried_at'   => 'COALESCE(tried_at, IF(remote_id = VALUES(remote_id), VALUES(tried_at), NULL))',
		);
		$set   = array();
		foreach ( $this->first_mark( $request ) + $this->removal( $user, $heir_id ) + $claim as $column => $sql ) {
			// Should another link come to hold that id in this very moment, its row would be the duplicate.
			$set[ $column ] = "IF({$this->table}.user_id = {$user->ID}, {$sql}, {$column})";
		}
		$until = Clock::ahead( self::UNSETTLED );
		// phpcs:disable WordPress.DB.PreparedSQL -- our own table, numbers, prepared parts.
		$this->mark_or_log(
			$this->db->prepare(
				"INSERT IGNORE INTO {$this->table} (site, user_id, remote_id, tried_at, tried_last, want, login, email, reassign, privileged, revision, due_at, unsettled_until, unsettled_by)
				SELECT s.name, %d, IF(s.name = %s AND NOT EXISTS (SELECT 1 FROM {$this->table} o WHERE o.site = %s AND o.remote_id = %d), %d, NULL) AS claimed,
				IF(s.name = %s, %s, NULL), IF(s.name = %s, %s + INTERVAL %d SECOND, NULL), %s, %s, %s, NULLIF(%d, 0), %d, 1, {$until}, {$until}, %s
				FROM (SELECT l.site AS name FROM {$this->table} l WHERE l.user_id = %d AND l." . $this->sites( $sites ) . ' UNION SELECT %s) s',
				$user->ID,
				Sites::ONLY,
				Sites::ONLY,
				$claimed,
				$claimed,
				Sites::ONLY,
				$user->user_registered,
				Sites::ONLY,
				$user->user_registered,
				Jobs::TUTORIAL_WINDOW,
				self::ABSENT,
				$user->user_login,
				$user->user_email,
				(int) $heir_id,
				(int) Privileges::of( $user ),
				$request,
				$user->ID,
				Sites::ONLY
			) . ' ON DUPLICATE KEY UPDATE ' . self::assignments( $set )
		);
		// phpcs:enable
	}

	/**
	 * Makes sure that these users have links, before what belongs in them is kept: their first mark may have been lost with a
	 * transaction of somebody else's. Who is no longer here needs none.
	 *
	 * @param string[] $sites    Names of sites.
	 * @param int[]    $user_ids Users.
	 * @param string   $request  The request that worked on them.
	 */
	public function ensure( array $sites, array $user_ids, string $request ): void {
		foreach ( array_chunk( $user_ids, 500 ) as $ids ) {
			foreach ( $sites as $site ) {
				// phpcs:disable WordPress.DB.PreparedSQL -- our own table, core's, and a prepared part.
				$missing = $this->db->get_col(
					"SELECT u.ID FROM {$this->db->users} u LEFT JOIN {$this->table} l ON l.user_id = u.ID AND "
					. $this->db->prepare( 'l.site = %s', $site ) . ' WHERE l.user_id IS NULL AND u.ID IN (' . implode( ',', array_map( 'intval', $ids ) ) . ')'
				);
				// phpcs:enable
				foreach ( $missing as $user_id ) {
					$this->mark( array( $site ), (int) $user_id, $request );
				}
			}
		}
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
			$this->mark_or_log(
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
	 * Keeps a sealed password until it is delivered, if it still is the user's: another request may have set a newer one
	 * meanwhile, and may be through with it.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 * @param string $sealed  The password, sealed.
	 * @param string $mark    Its mark.
	 */
	public function keep_secret( string $site, int $user_id, string $sealed, string $mark ): void {
		$this->mark_or_log(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table and core's.
				"UPDATE {$this->table} SET secret = %s, code = NULLIF(code, %s) WHERE site = %s AND user_id = %d AND NOT code <=> %s
				AND EXISTS (SELECT 1 FROM {$this->db->usermeta} WHERE user_id = %d AND meta_key = %s AND meta_value LIKE %s)",
				$sealed,
				self::KEY_MISSING,
				$site,
				$user_id,
				self::UNLINKED,
				$user_id,
				Password_Mark::META,
				$this->db->esc_like( $mark ) . ' %'
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
		$this->mark_or_log(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET secret = NULL, code = %s, message = %s WHERE site = %s AND user_id = %d AND NOT code <=> %s",
				self::KEY_MISSING,
				$message,
				$site,
				$user_id,
				self::UNLINKED
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
			$this->mark_or_log(
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
	 * An administrator says that whichever account on the site has this user's address is theirs: the address that they have
	 * now, and no other.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 */
	public function confirm( string $site, int $user_id ): void {
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- core's table.
		$email = (string) $this->db->get_var( $this->db->prepare( "SELECT user_email FROM {$this->db->users} WHERE ID = %d", $user_id ) );
		$this->write(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET confirmed = %s, code = NULLIF(code, %s), revision = revision + 1, due_at = UTC_TIMESTAMP()
				WHERE site = %s AND user_id = %d AND remote_id IS NULL",
				Confirmation::of( $user_id, $email ),
				self::UNLINKED,
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
				"SELECT site, user_id, remote_id, remote_login, trust, want, login, email, reassign, code, message, revision, base, secret, attempts, failing, privileged, tried_email, confirmed, retry,
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
	 * Before something is sent: renews the lease of these links, and notes what is tried with whom, so that the next job knows
	 * of it should no answer come. Whose lease is lost by now is left to whoever has it.
	 *
	 * @param string                  $site     Name of the site.
	 * @param int[]                   $user_ids Users.
	 * @param string                  $lease    Token.
	 * @param int                     $seconds  How long the lease lasts from now on.
	 * @param int                     $least    How long it must last yet when this is done.
	 * @param array<int, string|null> $tries    By id of those with whom something is tried: the address that a create carries.
	 * @return int[] Users whose links are the taker's for at least that long.
	 */
	public function renew( string $site, array $user_ids, string $lease, int $seconds, int $least, array $tries ): array {
		$set       = array( $this->db->prepare( 'lease_until = UTC_TIMESTAMP() + INTERVAL %d SECOND', $seconds ) );
		$addresses = '';
		foreach ( array_filter( $tries, 'is_string' ) as $user_id => $email ) {
			$addresses .= $this->db->prepare( ' WHEN %d THEN %s', $user_id, $email );
		}
		if ( '' !== $addresses ) {
			$set[] = "tried_email = CASE user_id{$addresses} ELSE tried_email END";
		}
		if ( $tries ) {
			$tried = $this->users( array_keys( $tries ) );
			$set[] = "tried_at = IF({$tried}, COALESCE(tried_at, UTC_TIMESTAMP()), tried_at)";
			$set[] = "tried_last = IF({$tried}, UTC_TIMESTAMP(), tried_last)";
		}
		// phpcs:disable WordPress.DB.PreparedSQL -- our own table, and prepared parts.
		$mine = $this->db->prepare( ' WHERE site = %s AND lease = %s AND ', $site, $lease ) . $this->users( $user_ids );
		$this->write( "UPDATE {$this->table} SET " . implode( ', ', $set ) . $mine );
		$ids = $this->db->get_col(
			"SELECT user_id FROM {$this->table}{$mine}" . $this->db->prepare( ' AND lease_until >= UTC_TIMESTAMP() + INTERVAL %d SECOND', $least )
		);
		// phpcs:enable
		return array_map( 'intval', $ids );
	}

	/**
	 * Who was removed here and still has to be removed there, and had the login or address of one of these people. One whose
	 * removal was only announced has it yet, and may have another address by now: nobody waits for them.
	 *
	 * @param string   $site   Name of the site.
	 * @param string[] $logins Logins.
	 * @param string[] $emails Addresses.
	 * @return array<int, array<string, string|null>> Rows with user_id, login, email.
	 */
	public function removals_of( string $site, array $logins, array $emails ): array {
		if ( ! $logins || ! $emails ) {
			return array();
		}
		$marks = static fn( array $values ): string => implode( ',', array_fill( 0, count( $values ), '%s' ) );
		return (array) $this->db->get_results(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL, WordPress.DB.PreparedSQLPlaceholders -- our own table, and as many placeholders as values.
				"SELECT user_id, login, email FROM {$this->table} l WHERE want = %s AND site = %s AND (login IN ({$marks( $logins )}) OR email IN ({$marks( $emails )}))
				AND NOT EXISTS (SELECT 1 FROM {$this->db->users} u WHERE u.ID = l.user_id)",
				array( self::ABSENT, $site, ...array_values( $logins ), ...array_values( $emails ) )
			),
			ARRAY_A
		);
	}

	/**
	 * Whether a create for another user that carried this address was never answered: the account that has it may be theirs.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 * @param string $email   Address.
	 */
	public function is_tried_by_another( string $site, int $user_id, string $email ): bool {
		return '' !== $email && null !== $this->db->get_var(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"SELECT user_id FROM {$this->table} WHERE site = %s AND tried_email = %s AND user_id <> %d AND remote_id IS NULL LIMIT 1",
				$site,
				$email,
				$user_id
			)
		);
	}

	/**
	 * Whether the link of another user holds an account.
	 *
	 * @param string $site      Name of the site.
	 * @param int    $user_id   User.
	 * @param int    $remote_id Id of the account there.
	 */
	public function is_held_by_another( string $site, int $user_id, int $remote_id ): bool {
		return null !== $this->db->get_var(
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
			$this->db->prepare( "SELECT user_id FROM {$this->table} WHERE site = %s AND remote_id = %d AND user_id <> %d", $site, $remote_id, $user_id )
		);
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
	 * Runs a statement; again if others were in its way for a moment.
	 *
	 * @param string $sql Prepared SQL.
	 * @return int Rows that it changed.
	 * @throws Database_Error If it failed.
	 */
	public function write( string $sql ): int {
		for ( $try = 1; ; ++$try ) {
			// WordPress would log the whole statement.
			$quiet = $this->db->suppress_errors();
			$rows  = $this->db->query( $sql ); // phpcs:ignore WordPress.DB.PreparedSQL.NotPrepared -- the callers prepare.
			$this->db->suppress_errors( $quiet );
			if ( false !== $rows ) {
				return (int) $rows;
			}
			$error = Database_Error::last( $this->db );
			if ( $try >= self::TRIES || ! $error->is_passing() ) {
				throw $error;
			}
		}
	}

	/**
	 * Runs a statement within somebody's page, which goes on if it fails; but not without a word in the log.
	 *
	 * @param string $sql Prepared SQL.
	 */
	private function mark_or_log( string $sql ): void {
		try {
			$this->write( $sql );
		} catch ( Database_Error $e ) {
			Log::thrown( $e );
		}
	}

	/**
	 * What the first mark sets on a row that is there.
	 *
	 * @param string $request The request at work.
	 * @return array<string, string> SQL by column, in the order in which MySQL is to set them.
	 */
	private function first_mark( string $request ): array {
		$until = Clock::ahead( self::UNSETTLED );
		return array(
			'revision'        => 'revision + 1',
			'priority'        => (string) self::LIVE,
			'due_at'          => $until,
			// MySQL sets from left to right: this needs the old `unsettled_until`. A removal that takes longer than that, over many
			// posts say, is never settled by another request: its mark would be taken back while it is at work.
			'unsettled_by'    => $this->db->prepare( "IF(unsettled_by <> %s AND (want = %s OR unsettled_until > UTC_TIMESTAMP()), '*', %s)", $request, self::ABSENT, $request ),
			'unsettled_until' => $until,
		);
	}

	/**
	 * What is set on the row of a user who is about to be removed: what cannot be read any more afterwards.
	 *
	 * @param \WP_User $user    The user as they are.
	 * @param int|null $heir_id Local heir.
	 * @return array<string, string> SQL by column.
	 */
	private function removal( \WP_User $user, ?int $heir_id ): array {
		return array(
			'want'       => $this->db->prepare( '%s', self::ABSENT ),
			'login'      => $this->db->prepare( '%s', $user->user_login ),
			'email'      => $this->db->prepare( '%s', $user->user_email ),
			'reassign'   => $this->db->prepare( 'NULLIF(%d, 0)', (int) $heir_id ),
			'privileged' => $this->db->prepare( '%d', (int) Privileges::of( $user ) ),
			'code'       => $this->db->prepare( 'IF(code = %s, code, NULL)', self::UNLINKED ),
		);
	}

	/**
	 * What an UPDATE sets.
	 *
	 * @param array<string, string> $set SQL by column.
	 */
	public static function assignments( array $set ): string {
		return implode( ', ', array_map( static fn( string $column, string $sql ): string => $column . ' = ' . $sql, array_keys( $set ), $set ) );
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
