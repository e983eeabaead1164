<?php
/**
 * Links: which are due, and who has them.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Leasing, and what else is asked of the table. What is written of a delivery is Write_Back's, what a person orders is
 * Link_Orders'.
 */
final class Links extends Links_Table {

	/** The condition under which a row is nobody's. */
	private const FREE = '(lease IS NULL OR lease_until < UTC_TIMESTAMP())';

	/**
	 * Users whose links are due and nobody's, live changes first. Nothing is locked: claim() says who gets them.
	 *
	 * @param string $site  Name of the site.
	 * @param int    $limit How many at most.
	 * @return int[]
	 * @throws Database_Error If that cannot be read.
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
			array_push( $ids, ...array_map( 'intval', $this->found( $found ) ) );
		}
		return $ids;
	}

	/**
	 * Whether live changes are due and nobody's at one of these sites, as far as it takes deliveries.
	 *
	 * @param string[] $sites Names of sites.
	 */
	public function is_live_due( array $sites ): bool {
		if ( ! $sites ) {
			return false;
		}
		$rows = Site_Rows::table( $this->db );
		return null !== $this->db->get_var(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL -- our own tables and a constant.
				"SELECT user_id FROM {$this->table} WHERE priority = %d AND due_at <= UTC_TIMESTAMP() AND revision <> synced_revision
				AND " . self::FREE . " AND site NOT IN (SELECT name FROM {$rows} WHERE status <> %s) AND ",
				self::LIVE,
				Site_Row::OK
			) . $this->sites( $sites ) . ' LIMIT 1'
		);
	}

	/**
	 * Takes links of these users that are due and nobody's.
	 *
	 * @param string $site     Name of the site.
	 * @param int[]  $user_ids Users.
	 * @param string $lease    Token of the taker.
	 * @param int    $seconds  How long the lease lasts.
	 * @return array<int, Link> By user id.
	 * @throws Database_Error If that cannot be read.
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
			) . self::users( $user_ids )
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
	 * @throws Database_Error If that cannot be read.
	 */
	public function held( string $site, array $user_ids, string $lease ): array {
		$rows = $this->db->get_results(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"SELECT site, user_id, remote_id, remote_login, trust, want, login, email, reassign, code, message, revision, base, secret, received, attempts, failing, privileged, tried_email, confirmed, retry, released,
				COALESCE(unsettled_until > UTC_TIMESTAMP(), 0) AS unsettled,
				TIMESTAMPDIFF(SECOND, '1970-01-01', tried_at) AS tried_at,
				TIMESTAMPDIFF(SECOND, '1970-01-01', tried_last) AS tried_last,
				TIMESTAMPDIFF(SECOND, '1970-01-01', UTC_TIMESTAMP()) AS now
				FROM {$this->table} WHERE site = %s AND lease = %s AND ",
				$site,
				$lease
			) . self::users( $user_ids ),
			ARRAY_A
		);
		$links = array();
		foreach ( (array) $this->found( $rows ) as $row ) {
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
	 * @throws Database_Error If that cannot be read.
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
			$tried = self::users( array_keys( $tries ) );
			$set[] = "tried_at = IF({$tried}, COALESCE(tried_at, UTC_TIMESTAMP()), tried_at)";
			$set[] = "tried_last = IF({$tried}, UTC_TIMESTAMP(), tried_last)";
		}
		// phpcs:disable WordPress.DB.PreparedSQL -- our own table, and prepared parts.
		$mine = $this->db->prepare( ' WHERE site = %s AND lease = %s AND ', $site, $lease ) . self::users( $user_ids );
		$this->write( "UPDATE {$this->table} SET " . implode( ', ', $set ) . $mine );
		$ids = $this->db->get_col(
			"SELECT user_id FROM {$this->table}{$mine}" . $this->db->prepare( ' AND lease_until >= UTC_TIMESTAMP() + INTERVAL %d SECOND', $least )
		);
		// phpcs:enable
		return array_map( 'intval', $this->found( $ids ) );
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
			. self::users( $user_ids )
		);
	}

	/**
	 * Who was removed here and still has to be removed there, and had the login or address of one of these people. One whose
	 * removal was only announced has it yet, and may have another address by now: nobody waits for them.
	 *
	 * @param string   $site   Name of the site.
	 * @param string[] $logins Logins.
	 * @param string[] $emails Addresses.
	 * @return array<int, array<string, string|null>> Rows with user_id, login, email.
	 * @throws Database_Error If that cannot be read.
	 */
	public function removals_of( string $site, array $logins, array $emails ): array {
		if ( ! $logins || ! $emails ) {
			return array();
		}
		$marks = static fn( array $values ): string => implode( ',', array_fill( 0, count( $values ), '%s' ) );
		$rows  = $this->db->get_results(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL, WordPress.DB.PreparedSQLPlaceholders -- our own table, and as many placeholders as values.
				"SELECT user_id, login, email FROM {$this->table} l WHERE want = %s AND site = %s AND (login IN ({$marks( $logins )}) OR email IN ({$marks( $emails )}))
				AND NOT EXISTS (SELECT 1 FROM {$this->db->users} u WHERE u.ID = l.user_id)",
				array( self::ABSENT, $site, ...array_values( $logins ), ...array_values( $emails ) )
			),
			ARRAY_A
		);
		return (array) $this->found( $rows );
	}

	/**
	 * Whether a create for another user that carried this address was never answered: the account that has it may be theirs.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 * @param string $email   Address.
	 * @throws Database_Error If that cannot be read.
	 */
	public function is_tried_by_another( string $site, int $user_id, string $email ): bool {
		if ( '' === $email ) {
			return false;
		}
		$another = $this->db->get_var(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"SELECT user_id FROM {$this->table} WHERE site = %s AND tried_email = %s AND user_id <> %d AND remote_id IS NULL LIMIT 1",
				$site,
				$email,
				$user_id
			)
		);
		return null !== $this->found( $another );
	}

	/**
	 * Whether the link of another user holds an account.
	 *
	 * @param string $site      Name of the site.
	 * @param int    $user_id   User.
	 * @param int    $remote_id Id of the account there.
	 * @throws Database_Error If that cannot be read.
	 */
	public function is_held_by_another( string $site, int $user_id, int $remote_id ): bool {
		$another = $this->db->get_var(
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
			$this->db->prepare( "SELECT user_id FROM {$this->table} WHERE site = %s AND remote_id = %d AND user_id <> %d", $site, $remote_id, $user_id )
		);
		return null !== $this->found( $another );
	}

	/**
	 * The account of an heir; of an heir who is being removed as well, that of theirs, who has it all here too.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $heir_id The heir.
	 * @throws Database_Error If that cannot be read.
	 */
	public function heir( string $site, int $heir_id ): ?int {
		for ( $seen = array(); $heir_id > 0 && ! isset( $seen[ $heir_id ] ); ) {
			$seen[ $heir_id ] = true;
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
			$row = $this->found( $this->db->get_row( $this->db->prepare( "SELECT remote_id, want, reassign FROM {$this->table} WHERE site = %s AND user_id = %d", $site, $heir_id ) ) );
			if ( ! $row || self::ABSENT !== $row->want ) {
				return isset( $row->remote_id ) ? (int) $row->remote_id : null;
			}
			$heir_id = (int) $row->reassign;
		}
		return null;
	}

	/**
	 * How many there are at a site; none where that cannot be read.
	 *
	 * @param string $site Name of the site.
	 */
	public function count( string $site ): int {
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		return (int) $this->db->get_var( $this->db->prepare( "SELECT COUNT(*) FROM {$this->table} WHERE site = %s", $site ) );
	}

	/**
	 * Forgets all links, and with them the passwords that wait.
	 */
	public function forget_all(): void {
		$this->write( "DELETE FROM {$this->table}" );
	}
}
