<?php
/**
 * How many destructive changes were sent to a site within the hour.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Counts them in the table of sites, for all processes: `destructive` of them since `destructive_since`. An hour begins with
 * the first, and what comes after it begins another: so in sixty minutes that touch two of them there may be twice as many.
 *
 * They are counted before they are sent, and what was not sent after all is given back. Of a process that dies between the two
 * they stay counted until the hour is over: the guard is then stricter, never laxer. It is written by compare and swap, as Slots is.
 */
final class Guard_Count {

	/** Seconds. */
	private const HOUR = 3600;

	/** Tries of a swap that others were quicker at. */
	private const TRIES = 50;

	/**
	 * Counts there.
	 *
	 * @param \wpdb     $db   WordPress's database.
	 * @param Site_Rows $rows The table of sites.
	 */
	public function __construct( private readonly \wpdb $db, private readonly Site_Rows $rows ) {
	}

	/**
	 * Takes so many of what is left of the hour, or as many as there are.
	 *
	 * @param string   $site   Name of the site.
	 * @param int      $wanted How many.
	 * @param \Closure $limit  Is given how many there would be in the hour, gives how many there may be.
	 * @return array{number: int, since: string} How many were taken, and of which hour.
	 * @throws Database_Error If that cannot be written.
	 */
	public function take( string $site, int $wanted, \Closure $limit ): array {
		for ( $try = 1; $try <= self::TRIES; ++$try ) {
			$row = $this->db->get_row(
				$this->db->prepare(
					// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
					"SELECT destructive, destructive_since, UTC_TIMESTAMP() AS now,
					COALESCE(destructive_since > UTC_TIMESTAMP() - INTERVAL %d SECOND, 0) AS running FROM {$this->rows->table} WHERE name = %s",
					Clock::seconds( self::HOUR ),
					$site
				),
				ARRAY_A
			);
			if ( ! $row ) {
				break;
			}
			$used   = $row['running'] ? (int) $row['destructive'] : 0;
			$since  = (string) ( $row['running'] ? $row['destructive_since'] : $row['now'] );
			$number = max( 0, min( $wanted, $limit( $used + $wanted ) - $used ) );
			if ( 0 === $number || $this->swap( $site, $row, $used + $number, $since ) ) {
				return compact( 'number', 'since' );
			}
		}
		throw new Database_Error( 'destructive changes cannot be counted' );
	}

	/**
	 * Gives back what was taken and not used. What is of an hour that is over is nobody's.
	 *
	 * @param string $site   Name of the site.
	 * @param int    $number How many.
	 * @param string $since  Of which hour.
	 */
	public function give_back( string $site, int $number, string $since ): void {
		if ( $number > 0 ) {
			$this->db->query(
				$this->db->prepare(
					// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
					"UPDATE {$this->rows->table} SET destructive = IF(destructive > %d, destructive - %d, 0) WHERE name = %s AND destructive_since = %s",
					$number,
					$number,
					$site,
					$since
				)
			);
		}
	}

	/**
	 * Writes, if nobody has written meanwhile.
	 *
	 * @param string                     $site   Name of the site.
	 * @param array<string, string|null> $row    As it was read.
	 * @param int                        $number How many there are then.
	 * @param string                     $since  Since when.
	 */
	private function swap( string $site, array $row, int $number, string $since ): bool {
		return (bool) $this->db->query(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->rows->table} SET destructive = %d, destructive_since = %s
				WHERE name = %s AND destructive = %d AND destructive_since <=> NULLIF(%s, '')",
				$number,
				$since,
				$site,
				$row['destructive'],
				(string) $row['destructive_since']
			)
		);
	}
}
