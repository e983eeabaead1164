<?php
/**
 * How long a batch may go on.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A batch stops at half its time limit, so that the answer gets through; the rest is asked for again. What it has claimed is
 * its own for longer than that, since one job may take long, but not for ever.
 */
final class Time_Left {

	/** The limit where there is none: web servers have one of their own, often a minute. */
	private const ASSUMED = 30;

	/** Seconds for which a claim outlasts the limit. */
	private const MARGIN = 30;

	/**
	 * Until when.
	 *
	 * @param float $stop       No further job is begun from here on.
	 * @param float $claim_over The claim has run out.
	 */
	private function __construct( private readonly float $stop, private readonly float $claim_over ) {
	}

	/**
	 * For a request that has just begun to work.
	 *
	 * @param int|null $asked For how many seconds the caller waits.
	 */
	public static function of_request( ?int $asked ): self {
		$limit = self::limit( $asked );
		// What WordPress has used up to start counts.
		$begun = (float) ( $_SERVER['REQUEST_TIME_FLOAT'] ?? microtime( true ) );
		$spent = max( 0.0, min( (float) $limit, microtime( true ) - $begun ) );
		$now   = hrtime( true ) / 1e9;
		return new self( $now + max( 0.0, $limit / 2 - $spent ), $now + self::claim( $asked ) - 5 );
	}

	/**
	 * For how many seconds to claim what is worked on.
	 *
	 * @param int|null $asked For how many seconds the caller waits.
	 */
	public static function claim( ?int $asked ): int {
		return self::limit( $asked ) + self::MARGIN;
	}

	/**
	 * Whether no further job is to be begun.
	 */
	public function is_over(): bool {
		return hrtime( true ) / 1e9 >= $this->stop;
	}

	/**
	 * Whether another request may have claimed the same by now.
	 */
	public function is_claim_over(): bool {
		return hrtime( true ) / 1e9 >= $this->claim_over;
	}

	/**
	 * Seconds that the request may take.
	 *
	 * @param int|null $asked For how many seconds the caller waits.
	 */
	private static function limit( ?int $asked ): int {
		$limit = (int) ini_get( 'max_execution_time' );
		$limit = $limit > 0 ? min( $limit, 2 * self::ASSUMED ) : self::ASSUMED;
		return max( 2, min( $limit, $asked ?? $limit ) );
	}
}
