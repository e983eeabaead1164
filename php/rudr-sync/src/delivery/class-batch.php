<?php
/**
 * One batch of a delivery.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Claim, snapshot, deliver, write back.
 */
final class Batch {

	/** Times a link is gone over: an account was found, or the user changed meanwhile. */
	private const ROUNDS = 3;

	/** Seconds beyond all that a batch can take until its links are anybody's again. */
	private const MARGIN = 30;

	/** Requests that may follow one another for one user after the time for the batch is over, at a site of php.ini's file. */
	private const OVERRUN = 4;

	/**
	 * A batch knows links, users and outcomes.
	 *
	 * @param Links      $links      The links.
	 * @param Snapshot   $snapshot   Reads users.
	 * @param Jobs       $jobs       Makes jobs.
	 * @param Write_Back $write_back Takes outcomes.
	 * @param Site_Rows  $rows       How the sites do.
	 */
	public function __construct(
		private readonly Links $links,
		private readonly Snapshot $snapshot,
		private readonly Jobs $jobs,
		private readonly Write_Back $write_back,
		private readonly Site_Rows $rows
	) {
	}

	/**
	 * Brings these users in step with a site, as far as their links are due and nobody else is at it.
	 *
	 * @param Target $target   The site.
	 * @param int[]  $user_ids Users.
	 * @param int    $slots    Requests that may be under way at once.
	 * @param float  $seconds  How long it may take.
	 * @return array<int, array<string, mixed>>|null The outcomes; null if none of the users was to be had.
	 */
	public function run( Target $target, array $user_ids, int $slots, float $seconds ): ?array {
		$end      = microtime( true ) + $seconds;
		$outcomes = array();
		$lease    = bin2hex( random_bytes( 16 ) );
		$held     = $this->links->claim( $target->name, $user_ids, $lease, self::lease( $target, $seconds ) );
		if ( ! $held ) {
			return null;
		}
		// In the order in which they were asked for: live changes first.
		$held = array_replace( array_intersect_key( array_flip( $user_ids ), $held ), $held );
		try {
			for ( $round = 1; $held && $round <= self::ROUNDS; ++$round ) {
				foreach ( $this->jobs_of( $held, $target, $lease ) as $jobs ) {
					$left = $end - microtime( true );
					if ( $left <= 0 ) {
						break 2;
					}
					$came = $this->deliver( $target, $held, $jobs, $lease, $slots, $left );
					array_push( $outcomes, ...$came );
					if ( $came && ! $this->rows->judge( $target->name, $came ) ) {
						break 2;
					}
				}
				$held = $this->links->held( $target->name, $user_ids, $lease );
			}
		} finally {
			if ( $held ) {
				$this->links->release( $target->name, $user_ids, $lease );
			}
		}
		return $outcomes;
	}

	/**
	 * The jobs for these links: first of who is to be gone, whose login or address may be somebody else's by now.
	 *
	 * @param array<int, Link> $held   The links.
	 * @param Target           $target The site.
	 * @param string           $lease  Token of the lease.
	 * @return array<int, array<int, array<string, mixed>>> Removals, and all else, by user id.
	 */
	private function jobs_of( array $held, Target $target, string $lease ): array {
		$people = $this->snapshot->of( array_keys( $held ) );
		$gone   = array();
		$puts   = array();
		foreach ( $held as $id => $link ) {
			$person = $people[ $id ] ?? null;
			if ( ! $person ) {
				if ( $link->removed ) {
					$gone[ $id ] = $this->jobs->delete( $link );
				} else {
					$this->write_back->vanished( $link, $lease );
				}
				continue;
			}
			if ( $link->removed && ! $link->unsettled ) {
				$this->write_back->was_not_removed( $link, $lease );
			}
			if ( Announcements::should_sync( $person, $target ) ) {
				$puts[ $id ] = $this->jobs->put( $link, $person, $target );
			} else {
				$this->write_back->left_out( $link, $lease );
			}
		}
		return array_filter( array( $gone, $puts ) );
	}

	/**
	 * Hands jobs to the extension and writes back what came of them.
	 *
	 * @param Target                           $target  The site.
	 * @param array<int, Link>                 $held    The links.
	 * @param array<int, array<string, mixed>> $jobs    The jobs, by user id.
	 * @param string                           $lease   Token of the lease.
	 * @param int                              $slots   Requests that may be under way at once.
	 * @param float                            $seconds How long it may take.
	 * @return array<int, array<string, mixed>> The outcomes.
	 */
	private function deliver( Target $target, array $held, #[\SensitiveParameter] array $jobs, string $lease, int $slots, float $seconds ): array {
		// What may be made is noted before anything is sent.
		$new = array_filter( $jobs, static fn( array $job ): bool => 'put' === $job['op'] && null === $held[ $job['user_id'] ]->remote_id );
		$this->links->note_tries( $target->name, array_keys( $new ), $lease );
		try {
			$outcomes = $target->deliver( $jobs, $slots, $seconds );
		} catch ( \Throwable $e ) {
			$outcomes = array_map( static fn( int $id ): array => self::not_delivered( $id, $e ), array_keys( $jobs ) );
		}
		foreach ( $outcomes as $outcome ) {
			$link = $held[ $outcome['ref'] ];
			$this->write_back->take( $link, $outcome, $lease );
			Announcements::of( $link->user_id, $target, $outcome );
		}
		return $outcomes;
	}

	/**
	 * Seconds for which a batch's links are its own: longer than it can take, also where a site's own options are longer than
	 * what it is given.
	 *
	 * @param Target $target  The site.
	 * @param float  $seconds How long it may take.
	 */
	private static function lease( Target $target, float $seconds ): int {
		return Clock::seconds( self::MARGIN ) + (int) ceil( $seconds + self::OVERRUN * $target->timeout() );
	}

	/**
	 * The outcome of a job that the extension would not even look at, because the site's definition is wrong for instance.
	 *
	 * @param int        $user_id User.
	 * @param \Throwable $e       What it said.
	 * @return array<string, mixed>
	 */
	private static function not_delivered( int $user_id, \Throwable $e ): array {
		return array(
			'status'  => 'retry',
			'scope'   => 'site',
			'code'    => $e instanceof Exception ? $e->getErrorCode() : 'not_delivered',
			'message' => $e->getMessage(),
			'due'     => 0,
			// Interrupted, say: what was under way may have worked.
			'doubt'   => $e instanceof Exception && $e->isRetryable(),
			'ref'     => $user_id,
		);
	}
}
