<?php
/**
 * The sweep.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Finds users who were cut off while they were made, before any hook could mark them: they have an id above the mark and no
 * link. The mark moves on past ids that are older than a day. Erases passwords that have waited for a person for too long.
 */
final class Sweep {

	/** Users found at once. */
	private const MOST = 500;

	/** Seconds after which a user who was being made is made, or never will be. */
	private const DAY = 86400;

	/**
	 * Looks there.
	 *
	 * @param \wpdb             $db      WordPress's database.
	 * @param Marks             $marks   Marks links.
	 * @param Site_Rows         $rows    The sites.
	 * @param Waiting_Passwords $waiting Passwords that wait.
	 */
	public function __construct( private readonly \wpdb $db, private readonly Marks $marks, private readonly Site_Rows $rows, private readonly Waiting_Passwords $waiting ) {
	}

	/**
	 * Sweeps for a site.
	 *
	 * @param Target $target The site. One that was removed meanwhile stays so.
	 * @throws Database_Error If it could not be done: the mark stays where it is.
	 */
	public function run( Target $target ): void {
		$site = $target->name;
		$row  = $this->rows->of( $target );
		if ( ! $row ) {
			return;
		}
		$this->waiting->erase_old( $site );
		$after = $row->swept_user_id;
		// Read before the sweep: who comes between the two is swept next time.
		$old = (int) $this->db->get_var(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL -- core's table, and a number.
				"SELECT COALESCE(MAX(ID), 0) FROM {$this->db->users} WHERE ID > %d AND user_registered < UTC_TIMESTAMP() - INTERVAL " . Clock::seconds( self::DAY ) . ' SECOND',
				$after
			)
		);
		if ( $this->marks->mark_missing( $site, $after, self::MOST ) < self::MOST && $old > $after ) {
			$this->rows->swept( $site, $old );
		}
	}
}
