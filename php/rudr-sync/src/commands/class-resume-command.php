<?php
/**
 * A site is to be worked with again.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * `resume`: a person has mended what a site was paused or quarantined for, and does not want to wait for the next probe.
 */
final class Resume_Command {

	/**
	 * Writes there.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
	}

	/**
	 * The site counts as never having failed. If it still does, it is paused again. What it has said of itself stays: to what was a
	 * receiver once no password goes in the plain.
	 *
	 * @param string $site Its name.
	 */
	public function run( string $site ): void {
		$table = Site_Rows::table( $this->db );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		$state = $this->db->get_var( $this->db->prepare( "SELECT state FROM {$table} WHERE name = %s", $site ) );
		$this->db->update(
			$table,
			array(
				'state'      => function_exists( 'rudr_sync_judge' ) ? rudr_sync_judge( $state, array( Probe::ANSWERS ) )['state'] : $state,
				'status'     => Site_Status::OK,
				'hold_until' => null,
			),
			array( 'name' => $site ),
			'%s',
			'%s'
		);
	}
}
