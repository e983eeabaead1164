<?php
/**
 * What the table of links says to a person.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Counts and lists links. Reads only.
 *
 * Whoever may edit users here does not follow, and that is as it should be: such links are counted apart and need nobody.
 */
final class Link_Report {

	/** Links that need a person: nothing happens until somebody acts. */
	public const NEEDING = 'needing';

	/** Links that failed and are tried again by themselves. */
	public const RETRYING = 'retrying';

	/** Links that wait for their first try since the user changed. */
	public const WAITING = 'waiting';

	/** Links that a person took away: those users are not to follow there. */
	public const UNLINKED = 'unlinked';

	/** Links whose destructive change is one of too many: it waits for an administrator. */
	public const HELD = 'held';

	/** Links whose accounts an administrator has left as they were. */
	public const DISCARDED = 'discarded';

	/** Links whose password cannot be sealed, or not opened. */
	public const KEY_LOST = 'key_lost';

	/** Links that wait for the plugin on the other site: it is gone there, or of another version. */
	public const WITHOUT_RECEIVER = 'without_receiver';

	/** SQL for each of these; the order says which comes first. */
	private const CONDITIONS = array(
		self::NEEDING          => "l.due_at IS NULL AND l.code NOT IN ('unlinked', 'held', 'discarded')",
		self::RETRYING         => "l.revision <> l.synced_revision AND l.due_at IS NOT NULL AND l.code NOT IN ('refused', 'unlinked', 'held', 'discarded')",
		self::WAITING          => "l.revision <> l.synced_revision AND (l.code IS NULL OR (l.code IN ('refused', 'discarded') AND l.due_at IS NOT NULL))",
		self::UNLINKED         => "l.code = 'unlinked'",
		self::HELD             => "l.code = 'held'",
		self::DISCARDED        => "l.code = 'discarded' AND l.revision = l.synced_revision",
		self::WITHOUT_RECEIVER => "l.code IN ('receiver_gone', 'receiver_version')",
		self::KEY_LOST         => "(l.code IN ('key_missing', 'key_lost', 'key_file', 'secret_damaged')
			OR (l.code = 'refused' AND l.secret IS NOT NULL AND l.revision = l.synced_revision))",
	);

	/** Names that a sentence holds at most. */
	private const NAMED = 5;

	/** Administrators are few; were they more, the rest would be listed. */
	private const MOST_ADMINISTRATORS = 1000;

	/** The table. */
	private readonly string $table;

	/**
	 * Who does not follow because they may edit users here; read once.
	 *
	 * @var array<string, int[]>|null
	 */
	private ?array $staying = null;

	/**
	 * Reads there.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
		$this->table = Links::table( $db );
	}

	/**
	 * Links in numbers: in_step, waiting, retrying, failed, partly, unlinked, held, key_lost, without_receiver, staying, oldest, last_success;
	 * times in seconds before now.
	 *
	 * @return array<int|string, array<string, int|null>> By site. A site without links is not among them.
	 */
	public function numbers(): array {
		$is     = array_map( static fn( string $condition ): string => "COALESCE(SUM({$condition}), 0)", self::CONDITIONS );
		$partly = 'COALESCE(SUM(' . self::CONDITIONS[ self::NEEDING ] . ' AND l.revision = l.synced_revision), 0)';
		$linked = "NOT l.code <=> 'unlinked'";
		// phpcs:disable WordPress.DB.PreparedSQL -- our own table and constants.
		$rows = (array) $this->db->get_results(
			"SELECT l.site,
				COALESCE(SUM(l.revision = l.synced_revision AND {$linked}), 0) AS in_step,
				{$is[ self::WAITING ]} AS waiting,
				{$is[ self::RETRYING ]} AS retrying,
				{$is[ self::NEEDING ]} - {$partly} AS failed,
				{$partly} AS partly,
				{$is[ self::UNLINKED ]} AS unlinked,
				{$is[ self::HELD ]} AS held,
				{$is[ self::KEY_LOST ]} AS key_lost,
				{$is[ self::WITHOUT_RECEIVER ]} AS without_receiver,
				MAX(IF(l.revision <> l.synced_revision AND l.due_at IS NOT NULL AND {$linked},
					TIMESTAMPDIFF(SECOND, l.dirty_since, UTC_TIMESTAMP()), NULL)) AS oldest,
				TIMESTAMPDIFF(SECOND, MAX(l.synced_at), UTC_TIMESTAMP()) AS last_success
			FROM {$this->table} l GROUP BY l.site",
			ARRAY_A
		);
		// phpcs:enable
		$numbers = array();
		foreach ( $rows as $row ) {
			$site             = $row['site'];
			$numbers[ $site ] = array_map( static fn( ?string $n ): ?int => null === $n ? null : (int) $n, array_diff_key( $row, array( 'site' => 0 ) ) );

			$numbers[ $site ]['staying'] = count( $this->staying()[ $site ] ?? array() );
			$numbers[ $site ]['failed'] -= $numbers[ $site ]['staying'];
		}
		return $numbers;
	}

	/**
	 * How many are to follow to a site and are not in step there; whoever is held, or stays since they may edit users, is meant to.
	 *
	 * @param string $site Name of the site.
	 */
	public function out_of_step( string $site ): int {
		$numbers = $this->numbers()[ $site ] ?? array();
		return array_sum( array_intersect_key( $numbers, array_flip( array( 'waiting', 'retrying', 'failed' ) ) ) );
	}

	/**
	 * Links of one kind, the latest user first.
	 *
	 * @param string      $kind   NEEDING, RETRYING, WAITING, UNLINKED, HELD, DISCARDED, KEY_LOST or WITHOUT_RECEIVER.
	 * @param string|null $site   Of this site only.
	 * @param int         $limit  How many at most.
	 * @param int         $offset After so many.
	 * @return Link_Line[]
	 */
	public function lines( string $kind, ?string $site = null, int $limit = 20, int $offset = 0 ): array {
		return $this->read(
			$this->condition( $kind, $site ),
			$this->db->prepare( 'ORDER BY l.user_id DESC, l.site LIMIT %d OFFSET %d', $limit, $offset )
		);
	}

	/**
	 * Who has links of one kind, for a sentence: the latest, by name, and how many more there are.
	 *
	 * @param string $kind One of the kinds.
	 * @param string $site Of this site.
	 */
	public function who( string $kind, string $site ): string {
		$names = array_map( static fn( Link_Line $line ): string => $line->name(), $this->lines( $kind, $site, self::NAMED ) );
		$more  = count( $names ) < self::NAMED ? 0 : $this->count( $kind, $site ) - self::NAMED;
		if ( $more > 0 ) {
			/* translators: %s: a number. */
			$names[] = sprintf( _n( '%s more', '%s more', $more, 'rudr-sync' ), number_format_i18n( $more ) );
		}
		return implode( ', ', $names );
	}

	/**
	 * Whose link holds an account.
	 *
	 * @param string $site      Name of the site.
	 * @param int    $remote_id The account there.
	 */
	public function holder( string $site, int $remote_id ): ?Link_Line {
		return $this->read( $this->db->prepare( 'l.site = %s AND l.remote_id = %d', $site, $remote_id ), 'LIMIT 1' )[0] ?? null;
	}

	/**
	 * The links of these users.
	 *
	 * @param int[]       $user_ids Users.
	 * @param string|null $site     Of this site only.
	 * @return Link_Line[]
	 */
	public function of( array $user_ids, ?string $site = null ): array {
		$sql = 'l.user_id IN (' . implode( ',', array_map( 'intval', $user_ids ) ?: array( 0 ) ) . ')';
		if ( null !== $site ) {
			$sql .= $this->db->prepare( ' AND l.site = %s', $site );
		}
		return $this->read( $sql, 'ORDER BY l.user_id, l.site' );
	}

	/**
	 * The links of whoever has an address here, or had it until they were removed.
	 *
	 * @param string $email Address.
	 * @return Link_Line[]
	 */
	public function of_address( string $email ): array {
		// Core's table may have another collation than ours: each column is compared for itself.
		return $this->read( $this->db->prepare( '(u.user_email = %s OR (u.ID IS NULL AND l.email = %s))', $email, $email ), 'ORDER BY l.user_id, l.site' );
	}

	/**
	 * How many lines() there are.
	 *
	 * @param string      $kind One of the kinds.
	 * @param string|null $site Of this site only.
	 */
	public function count( string $kind, ?string $site = null ): int {
		// phpcs:ignore WordPress.DB.PreparedSQL -- our own table, constants, prepared parts.
		return (int) $this->db->get_var( "SELECT COUNT(*) FROM {$this->table} l WHERE {$this->condition( $kind, $site )}" );
	}

	/**
	 * Reads lines.
	 *
	 * @param string $condition Prepared SQL.
	 * @param string $order     Prepared SQL: order and limit.
	 * @return Link_Line[]
	 */
	private function read( string $condition, string $order ): array {
		// phpcs:disable WordPress.DB.PreparedSQL -- our own table and prepared parts.
		$rows = (array) $this->db->get_results(
			"SELECT l.site, l.user_id, COALESCE(u.user_login, l.login) AS login, u.user_email AS email, u.ID IS NULL AS missing, l.want, l.remote_id, l.remote_login,
				l.trust, l.code, l.message, l.attempts, l.revision = l.synced_revision AS in_step,
				TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), l.due_at) AS due, TIMESTAMPDIFF(SECOND, l.synced_at, UTC_TIMESTAMP()) AS last_success
			FROM {$this->table} l LEFT JOIN {$this->db->users} u ON u.ID = l.user_id WHERE {$condition} {$order}",
			ARRAY_A
		);
		// phpcs:enable
		return array_map( array( Link_Line::class, 'of_row' ), $rows );
	}

	/**
	 * The condition that picks a kind.
	 *
	 * @param string      $kind One of the kinds.
	 * @param string|null $site Of this site only.
	 */
	private function condition( string $kind, ?string $site ): string {
		$sql = '(' . self::CONDITIONS[ $kind ] . ')';
		if ( null !== $site ) {
			$sql .= $this->db->prepare( ' AND l.site = %s', $site );
		}
		if ( self::NEEDING === $kind ) {
			foreach ( $this->staying() as $name => $ids ) {
				$sql .= $this->db->prepare( ' AND NOT (l.site = %s AND l.user_id IN (', (string) $name ) . implode( ',', $ids ) . '))';
			}
		}
		return $sql;
	}

	/**
	 * Who does not follow because they may edit users here.
	 *
	 * @return array<string, int[]> User ids by site.
	 */
	private function staying(): array {
		if ( null === $this->staying ) {
			$this->staying = array();
			$rows          = (array) $this->db->get_results(
				$this->db->prepare(
					// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
					"SELECT site, user_id FROM {$this->table} WHERE code = %s AND due_at IS NULL AND want = %s AND revision <> synced_revision LIMIT %d",
					Links::PRIVILEGED,
					Links::PRESENT,
					self::MOST_ADMINISTRATORS
				),
				ARRAY_A
			);
			cache_users( array_unique( array_map( 'intval', array_column( $rows, 'user_id' ) ) ) );
			foreach ( $rows as $row ) {
				$user = get_userdata( (int) $row['user_id'] );
				if ( $user && Privileges::of( $user ) ) {
					$this->staying[ $row['site'] ][] = $user->ID;
				}
			}
		}
		return $this->staying;
	}
}
