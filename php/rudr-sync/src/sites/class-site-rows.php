<?php
/**
 * The table of sites: how each does, and who is at it.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Every statement on the table is here or in Slots, but for the definitions of sites, which are Site_Store's. How a site does
 * is judged by the extension; this keeps what it is told.
 */
final class Site_Rows {

	/** In `deliverer`: a page met a timeout; pages leave the site to sweeps until one of those has had an answer. */
	public const SWEEPS_ONLY = 'sweeps-only';

	/** Seconds after its last progress until a worker counts as gone. Longer than a batch of its may take. */
	public const WORKER_GONE = 120;

	/** Seconds for which a probe is one process's. */
	private const PROBING = 60;

	/** Times a judgement is made anew because another process has written one meanwhile. */
	private const TRIES = 5;

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
	 * The table's name. One for a whole network.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public static function table( \wpdb $db ): string {
		return $db->base_prefix . 'rudr_sync_sites';
	}

	/**
	 * The row of a site, made if there is none.
	 *
	 * @param string $name Name of the site.
	 * @throws Database_Error If it cannot be read: a site of which nothing is known may have to be left alone.
	 */
	public function get( string $name ): Site_Row {
		$row = $this->read( $name );
		if ( ! $row ) {
			$this->appear( $name );
			$row = $this->read( $name );
		}
		return self::row( $name, $row ?? array() );
	}

	/**
	 * The same of a site as it was read earlier. One that was added in wp-admin has had a row from the beginning: without one it was
	 * removed meanwhile, and is not to come back.
	 *
	 * @param Target $target The site.
	 * @return Site_Row|null Null if it was removed.
	 * @throws Database_Error If it cannot be read.
	 */
	public function known( Target $target ): ?Site_Row {
		return Target::FROM_TABLE === $target->from ? $this->find( $target->name ) : $this->get( $target->name );
	}

	/**
	 * The same for who delivers there. With another definition it is another site by now, or at another address: nothing more goes to
	 * where it was.
	 *
	 * @param Target $target The site.
	 * @return Site_Row|null Null if it was removed or defined anew.
	 * @throws Database_Error If it cannot be read.
	 */
	public function of( Target $target ): ?Site_Row {
		$row = $this->known( $target );
		return Target::FROM_TABLE === $target->from && $row?->digest !== $target->digest ? null : $row;
	}

	/**
	 * The row of a site, if there is one.
	 *
	 * @param string $name Name of the site.
	 * @throws Database_Error If it cannot be read.
	 */
	public function find( string $name ): ?Site_Row {
		$row = $this->read( $name );
		return $row ? self::row( $name, $row ) : null;
	}

	/**
	 * A row as read.
	 *
	 * @param string                     $name Name of the site.
	 * @param array<string, string|null> $row  The row.
	 */
	private static function row( string $name, array $row ): Site_Row {
		return new Site_Row(
			$name,
			$row['state'] ?? null,
			$row['status'] ?? Site_Row::OK,
			(bool) ( $row['held'] ?? false ),
			$row['deliverer'] ?? null,
			(bool) ( $row['worked'] ?? false ),
			(int) ( $row['swept_user_id'] ?? 0 ),
			$row['wire'] ?? null,
			array_filter( (array) json_decode( (string) ( $row['hashes'] ?? '' ), true ), 'is_string' ),
			$row['digest'] ?? null
		);
	}

	/**
	 * Makes the row of a site that has just appeared. Who was here before comes with their next change, or when everybody is
	 * synced: the sweep starts at the highest id.
	 *
	 * @param string $name Name of the site.
	 */
	public function appear( string $name ): void {
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table and core's.
		$this->db->query( $this->db->prepare( "INSERT IGNORE INTO {$this->table} (name, swept_user_id) SELECT %s, COALESCE(MAX(ID), 0) FROM {$this->db->users}", $name ) );
	}

	/**
	 * Lets the extension judge what came of a delivery, and keeps the judgement.
	 *
	 * @param string                           $name     Name of the site.
	 * @param array<int, array<string, mixed>> $outcomes The outcomes.
	 * @param bool                             $probed   They are a probe's. What was under way when another process learnt that the site is to
	 *                                                   be left alone does not end that, nor is it a trouble of its own.
	 * @return bool Whether the site takes further deliveries.
	 */
	public function judge( string $name, array $outcomes, bool $probed = false ): bool {
		for ( $try = 1; $try <= self::TRIES; ++$try ) {
			$row = $this->find( $name );
			if ( ! $row ) {
				return false; // Removed while something was under way.
			}
			if ( $row->held && ! $row->is_open() && ! $probed ) {
				return false;
			}
			$judged = rudr_sync_judge( $row->state, $outcomes );
			if ( $row->state === $judged['state'] && $row->status === $judged['status'] && $row->is_open() ) {
				return true;
			}
			$hold    = null === $judged['hold'] ? 'NULL' : Clock::ahead( (int) $judged['hold'] );
			$written = $this->db->query(
				$this->db->prepare(
					// phpcs:ignore WordPress.DB.PreparedSQL -- our own table, and numbers.
					"UPDATE {$this->table} SET {$this->wire( $judged, $outcomes )}state = %s, status = %s, hold_until = {$hold} WHERE name = %s AND COALESCE(state, '') = %s AND status <> %s",
					$judged['state'],
					$judged['status'],
					$name,
					(string) $row->state,
					Site_Row::DISCONNECTED
				)
			);
			if ( $written ) {
				return Site_Row::OK === $judged['status'];
			}
		}
		return (bool) $this->find( $name )?->is_open();
	}

	/**
	 * What a judgement says of what the site speaks. Where it says nothing, since the site's receiver has just been found gone, say,
	 * what it last was stays: what waits for it is not kept otherwise meanwhile.
	 *
	 * @param array<string, mixed>             $judged   The judgement.
	 * @param array<int, array<string, mixed>> $outcomes What was judged.
	 * @return string Prepared SQL that sets the columns, with a comma behind it.
	 */
	private function wire( array $judged, array $outcomes ): string {
		if ( null === $judged['wire'] ) {
			return '';
		}
		return $this->db->prepare(
			"wire = %s, remote_uuid = NULLIF(%s, ''), hashes = %s, ",
			$judged['wire'],
			(string) $judged['uuid'],
			(string) wp_json_encode( $judged['hashes'] )
		) . ( array_filter( array_column( $outcomes, 'site' ) ) ? 'asked_at = UTC_TIMESTAMP(), ' : '' );
	}

	/**
	 * Names of the sites that refuse us altogether.
	 *
	 * @return string[]
	 */
	public function refusing(): array {
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		return $this->db->get_col( $this->db->prepare( "SELECT name FROM {$this->table} WHERE status = %s ORDER BY name", Site_Row::QUARANTINED ) );
	}

	/**
	 * Forgets what a site speaks. That there was a receiver once is forgotten of another address only.
	 *
	 * @param string $name      Name of the site.
	 * @param bool   $has_moved It has another address now.
	 */
	public function forget_wire( string $name, bool $has_moved ): void {
		$state = $has_moved ? 'NULL' : 'state';
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		$this->db->query( $this->db->prepare( "UPDATE {$this->table} SET state = {$state}, wire = NULL, remote_uuid = NULL, hashes = NULL, asked_at = NULL WHERE name = %s", $name ) );
	}

	/**
	 * Takes the right to probe a site whose hold is over: one process at a time.
	 *
	 * @param string $name Name of the site.
	 */
	public function may_probe( string $name ): bool {
		return (bool) $this->db->query(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL -- our own table, and a number.
				"UPDATE {$this->table} SET hold_until = " . Clock::ahead( self::PROBING ) . ' WHERE name = %s AND status NOT IN (%s, %s) AND COALESCE(hold_until <= UTC_TIMESTAMP(), 1)',
				$name,
				Site_Row::OK,
				Site_Row::DISCONNECTED
			)
		);
	}

	/**
	 * Cuts all sites off, with the passwords of those that were added in wp-admin, and whatever is known of them.
	 *
	 * @throws Database_Error If that failed.
	 */
	public function disconnect_all(): void {
		$done = $this->db->query(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table and core's.
				"UPDATE {$this->table} SET settings = NULL, state = NULL, status = %s, hold_until = NULL, wire = NULL, remote_uuid = NULL, hashes = NULL,
				asked_at = NULL, deliverer = NULL, swept_user_id = (SELECT COALESCE(MAX(ID), 0) FROM {$this->db->users})",
				Site_Row::DISCONNECTED
			)
		);
		if ( false === $done ) {
			throw Database_Error::last( $this->db );
		}
	}

	/**
	 * Takes the one place of those who deliver beside the workers; not waited for.
	 *
	 * @param string $name    Name of the site.
	 * @param string $token   Token of the taker.
	 * @param int    $seconds How long it is kept at most.
	 * @param bool   $sweep   Whether this is a sweep, not a page.
	 */
	public function take( string $name, string $token, int $seconds, bool $sweep ): bool {
		return (bool) $this->db->query(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL -- our own table, and a number.
				"UPDATE {$this->table} SET deliverer = %s, deliverer_until = " . Clock::ahead( $seconds )
				. ' WHERE name = %s AND (deliverer IS NULL OR IF(deliverer = %s, %d, deliverer_until < UTC_TIMESTAMP()))',
				$token,
				$name,
				self::SWEEPS_ONLY,
				(int) $sweep
			)
		);
	}

	/**
	 * Gives it back.
	 *
	 * @param string $name      Name of the site.
	 * @param string $token     Token of the taker.
	 * @param bool   $timed_out Whether pages are to leave the site alone for now.
	 */
	public function give_back( string $name, string $token, bool $timed_out ): void {
		$this->db->query(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET deliverer = NULLIF(%s, ''), deliverer_until = NULL WHERE name = %s AND deliverer = %s",
				$timed_out ? self::SWEEPS_ONLY : '',
				$name,
				$token
			)
		);
	}

	/**
	 * A worker makes progress at this site.
	 *
	 * @param string $name   Name of the site.
	 * @param string $worker Who it is.
	 */
	public function beat( string $name, string $worker ): void {
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		$this->db->query( $this->db->prepare( "UPDATE {$this->table} SET heartbeat = UTC_TIMESTAMP(), worker = %s WHERE name = %s", $worker, $name ) );
	}

	/**
	 * A worker ends: others take over at once.
	 *
	 * @param string $worker Who it is.
	 */
	public function stop_beating( string $worker ): void {
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		$this->db->query( $this->db->prepare( "UPDATE {$this->table} SET heartbeat = NULL, worker = NULL WHERE worker = %s", $worker ) );
	}

	/**
	 * The sweep has seen to all users up to that id.
	 *
	 * @param string $name    Name of the site.
	 * @param int    $user_id User.
	 */
	public function swept( string $name, int $user_id ): void {
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		$this->db->query( $this->db->prepare( "UPDATE {$this->table} SET swept_user_id = GREATEST(swept_user_id, %d) WHERE name = %s", $user_id, $name ) );
	}

	/**
	 * Reads a row.
	 *
	 * @param string $name Name of the site.
	 * @return array<string, string|null>|null
	 * @throws Database_Error If that failed.
	 */
	private function read( string $name ): ?array {
		$row = $this->db->get_row(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"SELECT state, status, COALESCE(hold_until > UTC_TIMESTAMP(), 0) AS held, deliverer, swept_user_id, wire, hashes, SHA2(settings, 256) AS digest,
				COALESCE(heartbeat > UTC_TIMESTAMP() - INTERVAL %d SECOND, 0) AS worked FROM {$this->table} WHERE name = %s",
				max( 3, Clock::seconds( self::WORKER_GONE ) ),
				$name
			),
			ARRAY_A
		);
		return Database_Error::unless_read( $this->db, $row );
	}
}
