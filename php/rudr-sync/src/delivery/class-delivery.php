<?php
/**
 * Delivery.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Batch after batch, as long as there is something to deliver, time, and a site that answers. Whoever has time for it calls
 * this: the end of a request, WP-Cron, a worker, a person at a shell.
 */
final class Delivery {

	/** Users in the first batch; how many in the next depends on how long it took. */
	private const FIRST = 20;

	/** So many times as many are in the next batch at most. */
	private const GROWTH = 4;

	/** Users in a batch at most. */
	private const MOST = 100;

	/** Seconds that a batch is to take: for so long somebody who registers meanwhile waits. */
	private const PACE = 1.0;

	/** Seconds that a batch may take. */
	public const LONGEST = 30.0;

	/** Microseconds until a process that got no slot asks again. */
	private const NO_SLOT = 20000;

	/** Batches in a row of which nothing was left, since another process was quicker, until that one is left to it. */
	private const TOO_LATE = 3;

	/**
	 * Delivery knows batches, and what stands in their way.
	 *
	 * @param Batch     $batch    Does the work.
	 * @param Links     $links    The links.
	 * @param Site_Rows $rows     How the sites do.
	 * @param Slots     $slots    How many requests may be under way.
	 * @param Identity  $identity Whether this install may deliver at all.
	 * @param Probe     $probe    Whether a site answers again.
	 * @param Arrivals  $arrivals What came from the sites.
	 */
	public function __construct(
		private readonly Batch $batch,
		private readonly Links $links,
		private readonly Site_Rows $rows,
		private readonly Slots $slots,
		private readonly Identity $identity,
		private readonly Probe $probe,
		private readonly Arrivals $arrivals
	) {
	}

	/**
	 * Brings these users in step with a site, as far as they are due and nobody else is at it.
	 *
	 * @param Target $target   The site.
	 * @param int[]  $user_ids Users.
	 * @param float  $seconds  How long it may take.
	 * @param float  $wait     Seconds that a free slot may be waited for.
	 * @return array<string, int> How often which outcome came, by its code, else its status.
	 */
	public function run( Target $target, array $user_ids, float $seconds = INF, float $wait = INF ): array {
		$next = static function ( int $number ) use ( &$user_ids ): array {
			return array_splice( $user_ids, 0, $number );
		};
		return $user_ids ? $this->batches( $target, $next, $seconds, null, PHP_INT_MAX, $wait ) : array();
	}

	/**
	 * Delivers whatever is due at a site.
	 *
	 * @param Target        $target  The site.
	 * @param float         $seconds For how long batches may begin.
	 * @param \Closure|null $stop    Asked before each batch whether to stop.
	 * @param float         $grace   Seconds beyond that for the last one: an account of whose making the answer is not waited for is
	 *                               left alone for a minute, and looked for then.
	 * @return array<string, int> How often which outcome came, by its code, else its status.
	 */
	public function run_due( Target $target, float $seconds, ?\Closure $stop = null, float $grace = 0.0 ): array {
		$next = fn( int $number ): array => $this->links->due( $target->name, $number );
		return $this->batches( $target, $next, $seconds, $stop, self::TOO_LATE, INF, $grace );
	}

	/**
	 * Batch after batch.
	 *
	 * @param Target        $target   The site.
	 * @param \Closure      $next     Gives so many users, or fewer, or none.
	 * @param float         $seconds  For how long batches may begin.
	 * @param \Closure|null $stop     Asked before each batch whether to stop.
	 * @param int           $patience Batches in a row of which nothing was left.
	 * @param float         $wait     Seconds that a free slot may be waited for.
	 * @param float         $grace    Seconds beyond `$seconds` for the last one.
	 * @return array<string, int> How often which outcome came.
	 */
	private function batches( Target $target, \Closure $next, float $seconds, ?\Closure $stop, int $patience, float $wait = INF, float $grace = 0.0 ): array {
		if ( ! Sites::extension_is_there() || null !== $this->identity->hold() ) {
			return array();
		}
		$end   = microtime( true ) + $seconds;
		$token = bin2hex( random_bytes( 4 ) );
		$size  = self::FIRST;
		$late  = 0;
		$came  = array();
		try {
			while ( $late < $patience && $this->is_open( $target ) ) {
				$ids = $next( $size );
				if ( ! $ids ) {
					break;
				}
				$slots = $this->slots( $target, $token, min( $end, microtime( true ) + $wait ) );
				$begun = microtime( true );
				if ( ! $slots || $begun >= $end || ( $stop && $stop() ) ) {
					break;
				}
				// Whoever had the slots until now may have learnt that the site is to be left alone.
				if ( ! $this->rows->of( $target )?->is_open() ) {
					break;
				}
				$outcomes = $this->batch->run( $target, $ids, $slots, min( $end - $begun + $grace, self::longest( $target ) ) );
				$late     = null === $outcomes ? $late + 1 : 0;
				if ( array_filter( array_column( (array) $outcomes, 'site' ) ) ) {
					$this->arrivals->link_earlier( $target->name );
				}
				foreach ( (array) $outcomes as $outcome ) {
					$word          = $outcome['code'] ?? $outcome['status'];
					$came[ $word ] = ( $came[ $word ] ?? 0 ) + 1;
				}
				$pace = self::PACE / max( 0.001, microtime( true ) - $begun );
				$size = (int) max( $slots, min( self::MOST, count( $ids ) * min( self::GROWTH, $pace ) ) );
			}
		} finally {
			if ( isset( $slots ) ) {
				$this->slots->leave( $target->name, $token );
			}
		}
		return $came;
	}

	/**
	 * Whether the site takes deliveries. One that did not answer is asked first, when it is time, by one process.
	 *
	 * @param Target $target The site.
	 */
	private function is_open( Target $target ): bool {
		$row = $this->rows->of( $target );
		if ( ! $row ) {
			return false;
		}
		if ( $row->is_to_be_probed() && $this->rows->may_probe( $target->name ) ) {
			return $this->rows->judge( $target->name, array( $this->probe->ask( $target, $row->wire ) ), true );
		}
		return $row->is_open();
	}

	/**
	 * Waits for a share of the requests that may be under way.
	 *
	 * @param Target $target The site.
	 * @param string $token  Token of this process.
	 * @param float  $end    Until when.
	 */
	private function slots( Target $target, string $token, float $end ): int {
		$all     = $target->concurrency();
		$longest = self::longest( $target );
		$end     = min( $end, microtime( true ) + $longest );
		do {
			$slots = $this->slots->take( $target->name, $token, $all, (int) ceil( $longest + $target->timeout() ) );
			if ( $slots ) {
				return $slots;
			}
			usleep( self::NO_SLOT );
		} while ( microtime( true ) < $end );
		return 0;
	}

	/**
	 * Seconds that a batch may take at a site: never less than one request.
	 *
	 * @param Target $target The site.
	 */
	private static function longest( Target $target ): float {
		return max( self::LONGEST / Clock::scale(), $target->timeout() );
	}
}
