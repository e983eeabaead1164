<?php
/**
 * Marks: whose links are out of step.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What pages write into the table: a user is no longer in step, is about to be removed, has been worked on.
 */
final class Marks extends Links_Table {

	/**
	 * First mark: the user is no longer in step with these sites. Makes links where there are none.
	 *
	 * @param string[] $sites   Names of sites.
	 * @param int      $user_id User.
	 * @param string   $request The request that is at work on them.
	 */
	public function mark( array $sites, int $user_id, string $request ): void {
		$until = Clock::ahead( self::UNSETTLED );
		$by    = esc_sql( $request );
		$rows  = array();
		// A page waits for this statement, and for its making: prepare() would take two thirds as long again as all of that.
		foreach ( $sites as $site ) {
			$rows[] = "('" . esc_sql( $site ) . "', {$user_id}, 1, UTC_TIMESTAMP(), {$until}, {$until}, '{$by}')";
		}
		$this->write_or_log(
			"INSERT INTO {$this->table} (site, user_id, revision, dirty_since, due_at, unsettled_until, unsettled_by) VALUES " . implode( ', ', $rows )
			. ' ON DUPLICATE KEY UPDATE ' . self::assignments( self::first_mark( 'VALUES(unsettled_until)', 'VALUES(unsettled_by)' ) )
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
		$this->write_or_log(
			"UPDATE {$this->table} SET " . self::assignments( $this->first_mark_by( $request ) + $this->removal( $user, $heir_id ) )
			. ' WHERE ' . $this->sites( $sites ) . ' AND ' . self::users( array( $user->ID ) )
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
		foreach ( self::first_mark( 'VALUES(unsettled_until)', 'VALUES(unsettled_by)' ) + $this->removal( $user, $heir_id ) + $claim as $column => $sql ) {
			// Should another link come to hold that id in this very moment, its row would be the duplicate.
			$set[ $column ] = "IF({$this->table}.user_id = {$user->ID}, {$sql}, {$column})";
		}
		$until = Clock::ahead( self::UNSETTLED );
		// phpcs:disable WordPress.DB.PreparedSQL -- our own table, numbers, prepared parts.
		$this->write_or_log(
			$this->db->prepare(
				"INSERT IGNORE INTO {$this->table} (site, user_id, remote_id, tried_at, tried_last, want, login, email, reassign, privileged, revision, dirty_since, due_at, unsettled_until, unsettled_by)
				SELECT s.name, %d, IF(s.name = %s AND NOT EXISTS (SELECT 1 FROM {$this->table} o WHERE o.site = %s AND o.remote_id = %d), %d, NULL) AS claimed,
				IF(s.name = %s, %s, NULL), IF(s.name = %s, %s + INTERVAL %d SECOND, NULL), %s, %s, %s, NULLIF(%d, 0), %d, 1, UTC_TIMESTAMP(), {$until}, {$until}, %s
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
			$this->write_or_log(
				$this->db->prepare(
					// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
					"UPDATE {$this->table} SET " . self::due_now() . ",
					unsettled_until = IF(unsettled_by = %s, NULL, unsettled_until),
					unsettled_by = IF(unsettled_by = %s, NULL, unsettled_by) WHERE ",
					$request,
					$request
				) . $this->sites( $sites ) . ' AND ' . self::users( $ids )
			);
		}
	}

	/**
	 * Takes back the links that a request has made to sites that were removed meanwhile, with all that was known of them. Only those: in
	 * one that was there before, somebody's change may wait.
	 *
	 * @param string[] $sites    Names of sites.
	 * @param int[]    $user_ids Users.
	 * @param string   $request  The request that made them.
	 */
	public function take_back( array $sites, array $user_ids, string $request ): void {
		if ( $sites ) {
			$this->write_or_log(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				$this->db->prepare( "DELETE FROM {$this->table} WHERE unsettled_by = %s AND revision = 1 AND ", $request ) . $this->sites( $sites ) . ' AND ' . self::users( $user_ids )
			);
		}
	}

	/**
	 * Marks every link: what happened while the plugin was off is found, and what has not changed costs no request. But not where an
	 * administrator has left the account as it was: that is no change.
	 */
	public function mark_all(): void {
		$this->write(
			$this->db->prepare(
				// The priority first: MySQL sets from left to right, and it needs the old revision.
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET priority = IF(revision = synced_revision, %d, priority), " . self::due_now() . "
				WHERE NOT code <=> %s",
				self::BACKFILL,
				self::DISCARDED
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
	 * @throws Database_Error If they could not be found, or not be marked: whoever counts on it would pass them over.
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
		if ( $this->found( $ids ) ) {
			$this->write(
				$this->db->prepare(
					// phpcs:ignore WordPress.DB.PreparedSQL -- our own table and core's, and numbers.
					"INSERT IGNORE INTO {$this->table} (site, user_id, revision, dirty_since, due_at) SELECT %s, ID, 1, UTC_TIMESTAMP(), " . Clock::ahead( self::UNSETTLED )
					. " FROM {$this->db->users} WHERE ID IN (" . implode( ',', array_map( 'intval', $ids ) ) . ')',
					$site
				)
			);
		}
		return count( $ids );
	}

	/**
	 * What the first mark of a request sets on a row that is there.
	 *
	 * @param string $request The request at work.
	 * @return array<string, string> SQL by column, in the order in which MySQL is to set them.
	 */
	private function first_mark_by( string $request ): array {
		return self::first_mark( Clock::ahead( self::UNSETTLED ), $this->db->prepare( '%s', $request ) );
	}

	/**
	 * The same for a time and a request that stand in the statement.
	 *
	 * @param string $until   SQL for the time until which the row is unsettled.
	 * @param string $request SQL for the request.
	 * @return array<string, string> SQL by column, in the order in which MySQL is to set them.
	 */
	private static function first_mark( string $until, string $request ): array {
		$absent = self::ABSENT;
		return self::MARKED + array(
			'priority'        => (string) self::LIVE,
			'due_at'          => $until,
			// MySQL sets from left to right: this needs the old `unsettled_until`. A removal that takes longer than that, over many
			// posts say, is never settled by another request: its mark would be taken back while it is at work.
			'unsettled_by'    => "IF(unsettled_by <> {$request} AND (want = '{$absent}' OR unsettled_until > UTC_TIMESTAMP()), '*', {$request})",
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
			'code'       => $this->db->prepare( 'IF(code IN (%s, %s), code, NULL)', self::UNLINKED, self::HELD ),
			// What an administrator has confirmed was something else.
			'released'   => '0',
		);
	}
}
