<?php
/**
 * How many requests may be under way to a site.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Shares a site's `concurrency` among all processes that deliver to it. The column `slots` holds for each of them, by token,
 * how many it has and until when; one that has none is waiting, and counts when the next share is reckoned.
 *
 * It is written by compare and swap: no lock outlives a statement, and what a dead process held runs out.
 */
final class Slots {

	/** Seconds after which one who waits is forgotten. */
	private const WAITING = 5;

	/** Tries of a swap that others were quicker at. */
	private const TRIES = 50;

	/**
	 * Keeps them there.
	 *
	 * @param \wpdb     $db   WordPress's database.
	 * @param Site_Rows $rows The table of sites.
	 */
	public function __construct( private readonly \wpdb $db, private readonly Site_Rows $rows ) {
	}

	/**
	 * Takes a fair share for so many seconds, in place of what the taker had.
	 *
	 * @param string $site    Name of the site.
	 * @param string $token   Token of the taker.
	 * @param int    $all     How many there are.
	 * @param int    $seconds For how long.
	 * @return int How many; 0 while others have them all.
	 */
	public function take( string $site, string $token, int $all, int $seconds ): int {
		$share   = 0;
		$swapped = $this->swap(
			$site,
			$token,
			static function ( array $others, int $now ) use ( $all, $seconds, &$share ): array {
				$fair  = (int) ceil( $all / ( count( $others ) + 1 ) );
				$share = max( 0, min( $fair, $all - array_sum( array_column( $others, 0 ) ) ) );
				return array( $share, $now + ( $share ? $seconds : self::WAITING ) );
			}
		);
		return $swapped ? $share : 0;
	}

	/**
	 * Gives back what the taker has, and waits for no more.
	 *
	 * @param string $site  Name of the site.
	 * @param string $token Token of the taker.
	 */
	public function leave( string $site, string $token ): void {
		$this->swap( $site, $token, static fn(): ?array => null );
	}

	/**
	 * Changes what one process has.
	 *
	 * @param string   $site   Name of the site.
	 * @param string   $token  Token of the process.
	 * @param \Closure $change Is given what others have and the time, gives what this one has then.
	 * @return bool False if others were quicker every time.
	 */
	private function swap( string $site, string $token, \Closure $change ): bool {
		for ( $try = 1; $try <= self::TRIES; ++$try ) {
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
			$row    = $this->db->get_row( $this->db->prepare( "SELECT slots, UNIX_TIMESTAMP() AS now FROM {$this->rows->table} WHERE name = %s", $site ), ARRAY_A );
			$old    = (string) ( $row['slots'] ?? '' );
			$now    = (int) ( $row['now'] ?? 0 );
			$others = array_filter( (array) json_decode( $old, true ), static fn( mixed $has ): bool => is_array( $has ) && ( $has[1] ?? 0 ) > $now );
			unset( $others[ $token ] );
			$mine = $change( $others, $now );
			$new  = $others + ( null === $mine ? array() : array( $token => $mine ) );
			$new  = $new ? (string) wp_json_encode( $new ) : '';
			if ( $old === $new ) {
				return true;
			}
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
			if ( $this->db->query( $this->db->prepare( "UPDATE {$this->rows->table} SET slots = NULLIF(%s, '') WHERE name = %s AND COALESCE(slots, '') = %s", $new, $site, $old ) ) ) {
				return true;
			}
		}
		return false;
	}
}
