<?php
/**
 * Brings users in step at once.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * `sync`, `retry` and their buttons: marks what a person wants and delivers it while they wait. Whatever is not done when
 * this ends, however it ends, is still marked, and delivered in the background.
 */
final class Sync_Command {

	/** Users marked by one statement. */
	private const MARKED = 2000;

	/** Seconds of delivery between two signs of life. */
	private const TURN = 2.0;

	/**
	 * Orders, delivers, and looks at what came of it.
	 *
	 * @param Link_Orders $orders   What a person wants of links.
	 * @param Delivery    $delivery Delivers.
	 * @param Link_Report $report   What came of it.
	 * @param Status      $status   How the sites stand.
	 * @param Identity    $identity Whether this install may deliver at all.
	 */
	public function __construct(
		private readonly Link_Orders $orders,
		private readonly Delivery $delivery,
		private readonly Link_Report $report,
		private readonly Status $status,
		private readonly Identity $identity
	) {
	}

	/**
	 * These users, whether or not they changed.
	 *
	 * @param Target[] $targets  Sites.
	 * @param int[]    $user_ids Users.
	 * @return Link_Line[] How they stand then. Who was removed, and now is there too, is not among them.
	 */
	public function users( array $targets, array $user_ids ): array {
		$lines = array();
		foreach ( $targets as $target ) {
			$this->orders->sync( $target->name, $user_ids );
			$lines[] = $this->deliver( $target, $user_ids, INF );
		}
		return array_merge( ...$lines );
	}

	/**
	 * These users, if they failed.
	 *
	 * @param Target $target   Site.
	 * @param int[]  $user_ids Users.
	 * @param float  $seconds  How long it may take.
	 * @return Link_Line[] How they stand then.
	 */
	public function retry( Target $target, array $user_ids, float $seconds = INF ): array {
		$this->orders->retry( $target->name, $user_ids );
		return $this->deliver( $target, $user_ids, $seconds );
	}

	/**
	 * Everybody.
	 *
	 * @param Target                          $target   Site.
	 * @param callable(int, int): void | null $progress Told how many are done, and of how many.
	 * @return bool False if somebody is not in step then: others are at them, the site stopped answering, or it would not have them.
	 */
	public function all( Target $target, ?callable $progress = null ): bool {
		$last = 0;
		do {
			$last = $this->orders->sync_next( $target->name, $last, self::MARKED );
		} while ( null !== $last );

		$all  = $this->orders->count_due( $target->name );
		$left = $all;
		do {
			if ( $progress ) {
				$progress( $all - $left, $all );
			}
			$came = $left > 0 && $this->delivery->run_due( $target, self::TURN, null, Delivery::LONGEST );
			$left = min( $left, $this->orders->count_due( $target->name ) );
			$open = Site_Status::OK === $this->status->state( $target->name );
		} while ( $came && $open );
		if ( $progress ) {
			$progress( $all - $left, $all );
		}
		return $open && 0 === $left && 0 === $this->report->out_of_step( $target->name );
	}

	/**
	 * Why nothing goes to a site, and what to do; null if it goes. For who has just ordered something: what stands at a link was so
	 * before.
	 *
	 * @param Target $target Site.
	 */
	public function obstacle( Target $target ): ?string {
		if ( ! Sites::extension_is_there() ) {
			return __( 'The PHP extension rudr_sync is not loaded in this PHP.', 'rudr-sync' );
		}
		return match ( $this->identity->hold() ?? $this->status->state( $target->name ) ) {
			Identity::OFF => __( 'The constant RUDR_SYNC_OFF keeps everything from being sent.', 'rudr-sync' ),
			Identity::UNSURE => __( 'Nothing is sent until you say whether this site has moved or is a copy.', 'rudr-sync' ),
			/* translators: %s: short name of a site. */
			Site_Status::PAUSED => sprintf( __( 'Site %s does not answer as it should and is left alone for a while: what was ordered goes once it does. If you have mended it, resume it.', 'rudr-sync' ), $target->name ),
			/* translators: %s: short name of a site. */
			Site_Status::QUARANTINED => sprintf( __( 'Site %s refuses us, so nothing is sent there: mend that, and resume it. What was ordered goes then.', 'rudr-sync' ), $target->name ),
			/* translators: %s: short name of a site. */
			Site_Status::DISCONNECTED => sprintf( __( 'This copy is disconnected from site %s: nothing is sent there before you connect it anew.', 'rudr-sync' ), $target->name ),
			default => null,
		};
	}

	/**
	 * Delivers what is due of these users, and looks at what came of it.
	 *
	 * @param Target $target   Site.
	 * @param int[]  $user_ids Users.
	 * @param float  $seconds  How long it may take.
	 * @return Link_Line[] How they stand then.
	 */
	public function deliver( Target $target, array $user_ids, float $seconds ): array {
		$this->delivery->run( $target, $user_ids, $seconds );
		return $this->report->of( $user_ids, $target->name );
	}
}
