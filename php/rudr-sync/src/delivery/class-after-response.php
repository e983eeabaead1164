<?php
/**
 * Delivery after the response.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Delivers in the process of a page whose visitor has the answer. The process is not free until it is done: one at a time for
 * each site, and briefly.
 */
final class After_Response {

	/** Seconds that it may take, for all sites. */
	private const BUDGET = 5.0;

	/** Seconds of them for what other requests have left. */
	private const FOR_OTHERS = 1.0;

	/** Seconds beyond them until a page that was killed counts as gone. */
	private const MARGIN = 30;

	/**
	 * Delivers to these.
	 *
	 * @param Sites     $sites    The sites.
	 * @param Site_Rows $rows     How they do.
	 * @param Delivery  $delivery Delivers.
	 */
	public function __construct(
		private readonly Sites $sites,
		private readonly Site_Rows $rows,
		private readonly Delivery $delivery
	) {
	}

	/**
	 * Delivers these users to every site.
	 *
	 * @param int[] $user_ids Users.
	 * @return bool False if somebody has to be asked to do the rest.
	 */
	public function deliver( array $user_ids ): bool {
		$end  = microtime( true ) + self::BUDGET;
		$done = true;
		foreach ( $this->sites->all() as $target ) {
			$done = $this->deliver_alone( $target, $user_ids, $end ) && $done;
		}
		return $done;
	}

	/**
	 * Delivers these users, and what else is due, if no other page does, no worker does it, and the site answers.
	 *
	 * @param Target $target   The site.
	 * @param int[]  $user_ids Users.
	 * @param float  $end      Until when.
	 * @return bool False if somebody has to be asked to do it.
	 */
	private function deliver_alone( Target $target, array $user_ids, float $end ): bool {
		$row = $this->rows->of( $target );
		if ( ! $row || $row->worked || ! $row->is_open() ) {
			return true; // The worker does it, or the sweep finds out when the site is back; or there is no such site any more.
		}
		$left  = $end - microtime( true );
		$token = bin2hex( random_bytes( 16 ) );
		if ( $left <= 0 || ! $this->rows->take( $target->name, $token, (int) self::BUDGET + self::MARGIN, false ) ) {
			return false;
		}
		$came = array();
		try {
			$came = $this->delivery->run( $target, $user_ids, $left );
			$left = $end - microtime( true );
			if ( $left <= 0 || isset( $came['timeout'] ) ) {
				return true;
			}
			// What others have left, but not for long: the web server may be waiting for this process with somebody's page.
			$left  = min( $left, self::FOR_OTHERS );
			$begun = microtime( true );
			$came += $this->delivery->run_due( $target, $left );
			return microtime( true ) - $begun < $left;
		} finally {
			$this->rows->give_back( $target->name, $token, isset( $came['timeout'] ) );
		}
	}
}
