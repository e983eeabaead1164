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
 * Claim, snapshot, deliver, write back. Whoever has time for it calls this: the end of a request, or a worker.
 */
final class Delivery {

	/** Users in one call of the extension. */
	private const BATCH = 20;

	/** Seconds for which a batch is ours: longer than a whole batch can take, each request at its time limit. */
	private const LEASE = 180;

	/** Times a link is gone over in one run: an account was found, or the user changed meanwhile. */
	private const ROUNDS = 3;

	/**
	 * Delivery knows links, users and outcomes.
	 *
	 * @param Links      $links      The links.
	 * @param Snapshot   $snapshot   Reads users.
	 * @param Jobs       $jobs       Makes jobs.
	 * @param Write_Back $write_back Takes outcomes.
	 */
	public function __construct(
		private readonly Links $links,
		private readonly Snapshot $snapshot,
		private readonly Jobs $jobs,
		private readonly Write_Back $write_back
	) {
	}

	/**
	 * Brings these users in step with a site, as far as their links are due and nobody else is at it.
	 *
	 * @param Target $target   The site.
	 * @param int[]  $user_ids Users.
	 */
	public function run( Target $target, array $user_ids ): void {
		foreach ( array_chunk( $user_ids, self::BATCH ) as $ids ) {
			$lease = bin2hex( random_bytes( 16 ) );
			$held  = $this->links->claim( $target->name, $ids, $lease, self::LEASE );
			try {
				for ( $round = 1; $held && $round <= self::ROUNDS; ++$round ) {
					$this->round( $target, $held, $lease );
					$held = $this->links->held( $target->name, $ids, $lease );
				}
			} finally {
				if ( $held ) {
					$this->links->release( $target->name, $ids, $lease );
				}
			}
		}
	}

	/**
	 * Delivers each of these links once. Who is to be gone goes first: their login or address may be somebody else's by now.
	 *
	 * @param Target           $target The site.
	 * @param array<int, Link> $held   The links.
	 * @param string           $lease  Token of the lease.
	 */
	private function round( Target $target, array $held, string $lease ): void {
		$people = $this->snapshot->of( array_keys( $held ) );
		$gone   = array();
		$puts   = array();
		$new    = array();
		foreach ( $held as $id => $link ) {
			$person = $people[ $id ] ?? null;
			if ( $person ) {
				$puts[ $id ] = $this->jobs->put( $link, $person, $target );
				if ( null === $link->remote_id ) {
					$new[] = $id;
				}
				if ( $link->removed && ! $link->unsettled ) {
					$this->write_back->was_not_removed( $link, $lease );
				}
			} elseif ( $link->removed ) {
				$gone[ $id ] = $this->jobs->delete( $link );
			} else {
				$this->write_back->vanished( $link, $lease );
			}
		}

		$this->deliver( $target, $held, $gone, $lease );
		$this->links->note_tries( $target->name, $new, $lease );
		$this->deliver( $target, $held, $puts, $lease );
	}

	/**
	 * Hands jobs to the extension and writes back what came of them.
	 *
	 * @param Target                           $target The site.
	 * @param array<int, Link>                 $held   The links.
	 * @param array<int, array<string, mixed>> $jobs   The jobs, by user id.
	 * @param string                           $lease  Token of the lease.
	 */
	private function deliver( Target $target, array $held, #[\SensitiveParameter] array $jobs, string $lease ): void {
		if ( ! $jobs ) {
			return;
		}
		try {
			$outcomes = rudr_sync_deliver( array_values( $jobs ), $target->handle() );
		} catch ( \Throwable $e ) {
			$outcomes = array_map( static fn( int $id ): array => self::not_delivered( $id, $e ), array_keys( $jobs ) );
		}
		foreach ( $outcomes as $outcome ) {
			$this->write_back->take( $held[ $outcome['ref'] ], $outcome, $lease );
		}
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
			'status'  => 'rejected',
			'code'    => $e instanceof Exception ? $e->getErrorCode() : 'not_delivered',
			'message' => $e->getMessage(),
			// Interrupted, say: what was under way may have worked.
			'doubt'   => $e instanceof Exception && $e->isRetryable(),
			'ref'     => $user_id,
		);
	}
}
