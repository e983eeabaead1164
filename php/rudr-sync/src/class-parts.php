<?php
/**
 * What the plugin is made of.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The parts that mark and deliver, put together once: who knows whom.
 */
final class Parts {

	/**
	 * The parts.
	 *
	 * @param Links       $links       The links.
	 * @param Primary     $primary     Users as they are now.
	 * @param Sites       $sites       The sites.
	 * @param Site_Rows   $rows        How they do.
	 * @param Identity    $identity    Which install this is.
	 * @param Changes     $changes     Who changed in this request.
	 * @param Passwords   $passwords   Which passwords were seen in it.
	 * @param Proofs      $proofs      Who proved their address in it.
	 * @param Delivery    $delivery    Delivers.
	 * @param Request_End $request_end Settles a request.
	 * @param Sweep       $sweep       Finds who was missed.
	 * @param Cron        $cron        Delivers by WP-Cron.
	 */
	private function __construct(
		public readonly Links $links,
		public readonly Primary $primary,
		public readonly Sites $sites,
		public readonly Site_Rows $rows,
		public readonly Identity $identity,
		public readonly Changes $changes,
		public readonly Passwords $passwords,
		public readonly Proofs $proofs,
		public readonly Delivery $delivery,
		public readonly Request_End $request_end,
		public readonly Sweep $sweep,
		public readonly Cron $cron
	) {
	}

	/**
	 * Puts them together.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public static function of( \wpdb $db ): self {
		$links     = new Links( $db );
		$primary   = new Primary( $db );
		$sites     = new Sites();
		$rows      = new Site_Rows( $db );
		$identity  = new Identity( $links, $rows );
		$changes   = new Changes( $links, $sites );
		$passwords = new Passwords( $primary );
		$proofs    = new Proofs( $primary );
		$seal      = new Password_Seal( $links, $sites, $rows, $passwords );
		$batch     = new Batch( $links, new Snapshot( $primary ), new Jobs( $links, $passwords ), new Write_Back( $links ), $rows );
		$delivery  = new Delivery( $batch, $links, $rows, new Slots( $db, $rows ), $identity, new Probe() );
		$end       = new Request_End( $changes, $passwords, $seal, $proofs, $sites, $rows, $delivery );
		$sweep     = new Sweep( $db, $links, $rows );
		$cron      = new Cron( $sites, $rows, $sweep, $delivery );
		return new self( $links, $primary, $sites, $rows, $identity, $changes, $passwords, $proofs, $delivery, $end, $sweep, $cron );
	}

	/**
	 * A worker, for `wp rudr-sync work`.
	 */
	public function worker(): Worker {
		global $wpdb;
		return new Worker( $wpdb, $this->sites, $this->rows, $this->sweep, $this->delivery, $this->request_end, new Code() );
	}
}
