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
	 * The site counts as never having failed. If it still does, it is paused again.
	 *
	 * @param string $site Its name.
	 */
	public function run( string $site ): void {
		$this->db->update(
			Site_Rows::table( $this->db ),
			array(
				'state'      => null,
				'status'     => Site_Status::OK,
				'hold_until' => null,
			),
			array( 'name' => $site ),
			'%s',
			'%s'
		);
	}
}
