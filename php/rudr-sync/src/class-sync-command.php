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

	/** Users handed to delivery between two signs of life. */
	private const DELIVERED = 100;

	/**
	 * Orders, delivers, and looks at what came of it.
	 *
	 * @param Link_Orders $orders   What a person wants of links.
	 * @param Delivery    $delivery Delivers.
	 * @param Link_Report $report   What came of it.
	 * @param Status      $status   How the sites stand.
	 */
	public function __construct(
		private readonly Link_Orders $orders,
		private readonly Delivery $delivery,
		private readonly Link_Report $report,
		private readonly Status $status
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
			$lines[] = $this->deliver( $target, $user_ids );
		}
		return array_merge( ...$lines );
	}

	/**
	 * These users, if they failed or the site would not take all of them.
	 *
	 * @param Target $target   Site.
	 * @param int[]  $user_ids Users.
	 * @return Link_Line[] How they stand then.
	 */
	public function retry( Target $target, array $user_ids ): array {
		$this->orders->retry( $target->name, $user_ids );
		return $this->deliver( $target, $user_ids );
	}

	/**
	 * Everybody.
	 *
	 * @param Target                          $target   Site.
	 * @param callable(int, int): void | null $progress Told how many are done, and of how many.
	 * @return bool False if the site stopped answering: the rest follows in the background.
	 */
	public function all( Target $target, ?callable $progress = null ): bool {
		$last = 0;
		do {
			$last = $this->orders->sync_next( $target->name, $last, self::MARKED );
		} while ( null !== $last );

		$all  = $this->orders->count_due( $target->name );
		$done = 0;
		$ids  = array();
		if ( $progress ) {
			$progress( 0, $all );
		}
		while ( $ids = $this->orders->due( $target->name, $ids ? max( $ids ) : 0, self::DELIVERED ) ) { // phpcs:ignore Generic.CodeAnalysis.AssignmentInCondition.FoundInWhileCondition,WordPress.CodeAnalysis.AssignmentInCondition -- the loop's step.
			$this->deliver_now( $target, $ids );
			$done += count( $ids );
			if ( $progress ) {
				$progress( $done, max( $all, $done ) );
			}
			if ( Site_Status::OK !== $this->status->state( $target->name ) ) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Delivers, and looks at what came of it.
	 *
	 * @param Target $target   Site.
	 * @param int[]  $user_ids Users.
	 * @return Link_Line[]
	 */
	private function deliver( Target $target, array $user_ids ): array {
		$this->deliver_now( $target, $user_ids );
		return $this->report->of( $user_ids, $target->name );
	}

	/**
	 * Delivers, if there is anything to deliver with.
	 *
	 * @param Target $target   Site.
	 * @param int[]  $user_ids Users.
	 */
	private function deliver_now( Target $target, array $user_ids ): void {
		if ( Sites::extension_is_there() ) {
			$this->delivery->run( $target, $user_ids );
		}
	}
}
