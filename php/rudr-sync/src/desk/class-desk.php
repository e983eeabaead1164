<?php
/**
 * What a person sees and orders, put together.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The collectors and commands that the screen, the command line and Site Health share. Made when one of them is used.
 */
final class Desk {

	/** How the sites stand. */
	public readonly Status $status;

	/** How the users stand. */
	public readonly Link_Report $report;

	/** Sites that were added in wp-admin. */
	public readonly Site_Store $store;

	/** What a person wants of links. */
	public readonly Link_Orders $orders;

	/** Checks a site. */
	public readonly Check_Command $check;

	/** Resumes a site. */
	public readonly Resume_Command $resume;

	/** Delivers while a person waits. */
	public readonly Sync_Command $sync;

	/** Links, unlinks, confirms. */
	public readonly Link_Command $link;

	/** What is held. */
	public readonly Held_Report $held;

	/** Confirms and discards it. */
	public readonly Held_Command $held_command;

	/** This site as a receiver, once somebody asks. */
	private ?Receiver_Desk $receiver = null;

	/**
	 * Puts it together.
	 *
	 * @param \wpdb $db    WordPress's database.
	 * @param Parts $parts What marks and delivers.
	 */
	public function __construct( private readonly \wpdb $db, public readonly Parts $parts ) {
		$this->report = new Link_Report( $db );
		$this->status = new Status( $db, $parts->sites, $this->report );
		$this->store  = new Site_Store( $db );
		$this->orders = $parts->orders;
		$this->check  = new Check_Command();
		$this->resume = new Resume_Command( $db );
		$this->sync   = new Sync_Command( $this->orders, $parts->delivery, $this->report, $this->status, $parts->identity );
		$this->link   = new Link_Command( $this->orders, $this->report, $this->sync );
		$this->held   = new Held_Report( $db );

		$this->held_command = new Held_Command( new Held_Orders( $db ), $this->held );
	}

	/**
	 * What concerns this site as a receiver.
	 */
	public function receiver(): Receiver_Desk {
		return $this->receiver ??= new Receiver_Desk( $this->db );
	}
}
