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

	/**
	 * Seconds beyond all that a delivery can take until its links are anybody's again: what was sent by a process that died
	 * may be at work there for so long.
	 */
	private const MARGIN = 60;

	/** The same where time runs faster: what passes between two statements does not. */
	private const LEAST_MARGIN = 3;

	/** Seconds that a delivery is given at least. */
	private const LEAST = 0.1;

	/**
	 * A batch knows links, users and outcomes.
	 *
	 * @param Links      $links      The links.
	 * @param Snapshot   $snapshot   Reads users.
	 * @param Jobs       $jobs       Makes jobs.
	 * @param Write_Back $write_back Takes outcomes.
	 * @param Site_Rows  $rows       How the sites do.
	 * @param Identity   $identity   Which install this is.
	 * @param Guard      $guard      Against accidents.
	 */
	public function __construct(
		private readonly Links $links,
		private readonly Snapshot $snapshot,
		private readonly Jobs $jobs,
		private readonly Write_Back $write_back,
		private readonly Site_Rows $rows,
		private readonly Identity $identity,
		private readonly Guard $guard
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
		$held     = $this->claim( $target, $user_ids, $lease, $seconds );
		if ( ! $held ) {
			return null;
		}
		// In the order in which they were asked for: live changes first.
		$held = array_replace( array_intersect_key( array_flip( $user_ids ), $held ), $held );
		try {
			for ( $round = 1; $held && $round <= self::ROUNDS; ++$round ) {
				$people = $this->snapshot->of( array_keys( $held ) );
				// An id from user meta is asked about once: if it had proved true the link would hold it now.
				foreach ( $this->jobs_of( $held, $people, $target, $lease, 1 === $round ) as $jobs ) {
					$left = $end - microtime( true );
					if ( $left <= 0 ) {
						break 2;
					}
					$jobs = $this->without_waiting( $target, $held, $people, $jobs, $lease, $outcomes );
					$came = $this->deliver( $target, $held, $people, $jobs, $lease, $slots, $left );
					array_push( $outcomes, ...$came );
					if ( $came && ! $this->rows->judge( $target->name, $came ) ) {
						break 2;
					}
				}
				$held = $this->links->held( $target->name, $user_ids, $lease );
			}
		} catch ( Database_Error $e ) {
			// What was sent is noted, and the rest is as it was. If that is all of it, it is not asked for again and again.
			Log::thrown( $e );
			return $outcomes ?: null;
		} finally {
			if ( $held ) {
				$this->release( $target, $user_ids, $lease );
			}
		}
		return $outcomes;
	}

	/**
	 * Takes links, as far as they are due and nobody else's.
	 *
	 * @param Target $target   The site.
	 * @param int[]  $user_ids Users.
	 * @param string $lease    Token of the lease.
	 * @param float  $seconds  How long the batch may take.
	 * @return array<int, Link> The links, by user id.
	 */
	private function claim( Target $target, array $user_ids, string $lease, float $seconds ): array {
		try {
			return $this->links->claim( $target->name, $user_ids, $lease, self::longest( $target, $seconds ) + self::margin() );
		} catch ( Database_Error $e ) {
			Log::thrown( $e );
			// They may be taken all the same, and only not have been read.
			$this->release( $target, $user_ids, $lease );
			return array();
		}
	}

	/**
	 * Gives links back. Should that fail, the lease ends by itself.
	 *
	 * @param Target $target   The site.
	 * @param int[]  $user_ids Users.
	 * @param string $lease    Token of the lease.
	 */
	private function release( Target $target, array $user_ids, string $lease ): void {
		try {
			$this->links->release( $target->name, $user_ids, $lease );
		} catch ( Database_Error $e ) {
			Log::thrown( $e );
		}
	}

	/**
	 * The jobs for these links: first of who is to be gone, whose login or address may be somebody else's by now.
	 *
	 * @param array<int, Link>   $held   The links.
	 * @param array<int, Person> $people The users, as far as they are here.
	 * @param Target             $target The site.
	 * @param string             $lease  Token of the lease.
	 * @param bool               $claims Whether ids from user meta may be asked about.
	 * @return array<int, array<int, array<string, mixed>>> Removals, and all else, by user id.
	 */
	private function jobs_of( array $held, array $people, Target $target, string $lease, bool $claims ): array {
		// Whoever filters them asks WordPress about them one by one.
		cache_users( array_keys( $people ) );
		$gone = array();
		$puts = array();
		foreach ( $held as $id => $link ) {
			$person = $people[ $id ] ?? null;
			if ( ! $person || $link->is_succeeded( $person->fields['user_login'] ) ) {
				if ( $link->is_unlinked() ) {
					$this->write_back->forget( $link, $lease );
				} elseif ( $link->removed ) {
					$gone[ $id ] = $this->jobs->delete( $link );
				} else {
					$this->write_back->vanished( $link, $lease );
				}
				continue;
			}
			if ( $link->removed ) {
				$this->write_back->was_not_removed( $link, $lease );
			}
			try {
				$job = ! $link->is_unlinked() && Announcements::should_sync( $person, $target ) ? $this->jobs->put( $link, $person, $target, $claims ) : null;
			} catch ( Database_Error $e ) {
				throw $e;
			} catch ( \Throwable $e ) {
				// Somebody's filter: no reason for the others to wait.
				Log::thrown( $e );
				$this->write_back->filter_failed( $link, $lease );
				continue;
			}
			if ( $job ) {
				$puts[ $id ] = $job;
			} else {
				$this->write_back->left_out( $link, $lease );
			}
		}
		return array_filter( array( $gone, $this->jobs->with_passwords( $puts, $held, $people ) ) );
	}

	/**
	 * Leaves out who would need an account that is still to be removed: somebody had their login or address before them.
	 *
	 * @param Target                           $target   The site.
	 * @param array<int, Link>                 $held     The links.
	 * @param array<int, Person>               $people   The users.
	 * @param array<int, array<string, mixed>> $jobs     The jobs, by user id.
	 * @param string                           $lease    Token of the lease.
	 * @param array<int, array<string, mixed>> $outcomes Takes what came of those.
	 * @return array<int, array<string, mixed>> The other jobs.
	 */
	private function without_waiting( Target $target, array $held, array $people, #[\SensitiveParameter] array $jobs, string $lease, array &$outcomes ): array {
		$logins = array();
		$emails = array();
		foreach ( $jobs as $id => $job ) {
			if ( 'put' === $job['op'] && null === $held[ $id ]->remote_id && null === $held[ $id ]->tried_at ) {
				$logins[ $id ] = strtolower( $people[ $id ]->fields['user_login'] );
				$emails[ $id ] = strtolower( $people[ $id ]->fields['user_email'] );
			}
		}
		foreach ( $this->links->removals_of( $target->name, $logins, $emails ) as $removal ) {
			$same = array_keys( $logins, strtolower( (string) $removal['login'] ), true );
			array_push( $same, ...array_keys( $emails, strtolower( (string) $removal['email'] ), true ) );
			foreach ( array_diff( $same, array( (int) $removal['user_id'] ) ) as $id ) {
				if ( isset( $jobs[ $id ] ) ) {
					unset( $jobs[ $id ] );
					$outcomes[] = $this->write_back->waits_for_removal( $held[ $id ], $lease );
				}
			}
		}
		return $jobs;
	}

	/**
	 * Hands jobs to the extension and writes back what came of them.
	 *
	 * @param Target                           $target  The site.
	 * @param array<int, Link>                 $held    The links.
	 * @param array<int, Person>               $people  The users, as far as they are here.
	 * @param array<int, array<string, mixed>> $jobs    The jobs, by user id.
	 * @param string                           $lease   Token of the lease.
	 * @param int                              $slots   Requests that may be under way at once.
	 * @param float                            $seconds How long it may take.
	 * @return array<int, array<string, mixed>> The outcomes.
	 */
	private function deliver( Target $target, array $held, array $people, #[\SensitiveParameter] array $jobs, string $lease, int $slots, float $seconds ): array {
		$end     = microtime( true ) + $seconds;
		$longest = self::longest( $target, $seconds );
		// Read here: once something is sent, nothing that fails may come before its outcome is written.
		$row = $this->rows->of( $target );
		if ( ! $row ) {
			return array();
		}
		// What may change something there is noted before anything is sent.
		$tries = array_map( array( self::class, 'tried' ), array_filter( $jobs, fn( array $job ): bool => self::is_try( $job, $held[ $job['user_id'] ] ) ) );
		$mine  = $jobs ? $this->links->renew( $target->name, array_keys( $jobs ), $lease, $longest + self::margin(), $longest, $tries ) : array();
		$jobs  = array_intersect_key( $jobs, array_flip( $mine ) );
		if ( ! $jobs ) {
			return array();
		}
		$send     = fn( array $some, ?int $destructive ): array => $this->send( $target, self::as_of_now( $some, $held ), compact( 'destructive' ) + $this->terms( $row->state, $slots, $end ) );
		$outcomes = $this->guard->deliver( $target, $held, $jobs, $send );
		$taken = array();
		foreach ( $outcomes as $outcome ) {
			$id = $outcome['ref'];
			try {
				$person       = 'put' === $jobs[ $id ]['op'] ? $people[ $id ] : null;
				$taken[ $id ] = $this->write_back->take( $held[ $id ], $person, $outcome, $lease );
			} catch ( \Throwable $e ) {
				// The others' outcomes are no less true. This one's try stays noted until the lease ends.
				Log::thrown( $e );
			}
		}
		$this->write_back->note_ids( $target->name );
		foreach ( $taken as $id => $outcome ) {
			Announcements::of( $id, $target, $outcome );
		}
		return $outcomes;
	}

	/**
	 * Tells them the time, by which the extension reads the site's clock; not earlier, since others may go first.
	 *
	 * @param array<int, array<string, mixed>> $jobs The jobs, by user id.
	 * @param array<int, Link>                 $held The links.
	 * @return array<int, array<string, mixed>>
	 */
	private static function as_of_now( #[\SensitiveParameter] array $jobs, array $held ): array {
		foreach ( $jobs as $id => $job ) {
			$jobs[ $id ]['now'] = $held[ $id ]->now();
		}
		return $jobs;
	}

	/**
	 * Hands jobs to the extension. What it will not even look at has outcomes too.
	 *
	 * @param Target                           $target The site.
	 * @param array<int, array<string, mixed>> $jobs   The jobs, by user id.
	 * @param array<string, mixed>             $call   What is so for this delivery only, in the extension's words.
	 * @return array<int, array<string, mixed>> The outcomes.
	 */
	private function send( Target $target, #[\SensitiveParameter] array $jobs, array $call ): array {
		try {
			$target->handle();
		} catch ( \Throwable $e ) {
			// Its definition cannot be used.
			return array_map( static fn( int $id ): array => self::not_delivered( $id, $e, 'before' ), array_keys( $jobs ) );
		}
		try {
			return $target->deliver( $jobs, $call );
		} catch ( \Throwable $e ) {
			// Interrupted, say, also by what somebody's signal handler throws: what was under way may have worked.
			$doubt = $e instanceof Exception && ! $e->isRetryable() ? 'before' : 'now';
			return array_map( static fn( int $id ): array => self::not_delivered( $id, $e, $doubt ), array_keys( $jobs ) );
		}
	}

	/**
	 * What is so for this delivery only, in the extension's words.
	 *
	 * @param string|null $state What is known of the site.
	 * @param int         $slots Requests that may be under way at once.
	 * @param float       $end   Until when, by microtime().
	 * @return array<string, mixed>
	 */
	private function terms( ?string $state, int $slots, float $end ): array {
		return array(
			'state'       => $state,
			'source'      => $this->identity->uuid() ?: null,
			'concurrency' => $slots,
			'budget'      => max( self::LEAST, $end - microtime( true ) ),
		);
	}

	/**
	 * Whether a job may change something there. One that was tried before with no account to show for it only looks, and so
	 * does the removal of an account that nobody has looked at yet, and a person's word about one.
	 *
	 * @param array<string, mixed> $job  The job.
	 * @param Link                 $link The link.
	 */
	private static function is_try( #[\SensitiveParameter] array $job, Link $link ): bool {
		if ( null !== $link->trust ) {
			return null !== $link->remote_login && Links::NAMED !== $link->trust;
		}
		// Where somebody's claim proves wrong, the same job may make the account.
		return 'put' === $job['op'] && ( null === $link->tried_at || null !== $link->remote_id );
	}

	/**
	 * What is noted of a try: the address that a create carries.
	 *
	 * @param array<string, mixed> $job The job.
	 */
	private static function tried( #[\SensitiveParameter] array $job ): ?string {
		$email = $job['user']['user_email'] ?? '';
		return isset( $job['trust'] ) ? null : ( is_string( $email ) ? $email : '' );
	}

	/**
	 * Seconds that a delivery can take at most: what it is given, and a request's time more, so that a slow machine is no dead one.
	 *
	 * @param Target $target  The site.
	 * @param float  $seconds How long it may take.
	 */
	private static function longest( Target $target, float $seconds ): int {
		return (int) ceil( $seconds + $target->timeout() );
	}

	/**
	 * Seconds for which a lease is longer than that.
	 */
	private static function margin(): int {
		return max( self::LEAST_MARGIN, Clock::seconds( self::MARGIN ) );
	}

	/**
	 * The outcome of a job that the extension would not even look at, because the site's definition is wrong for instance.
	 *
	 * @param int        $user_id User.
	 * @param \Throwable $e       What it said.
	 * @param string     $doubt   Whether anything may have been sent: 'now', else 'before'.
	 * @return array<string, mixed>
	 */
	private static function not_delivered( int $user_id, \Throwable $e, string $doubt ): array {
		return array(
			'status'  => 'retry',
			'scope'   => 'site',
			'code'    => $e instanceof Exception ? $e->getErrorCode() : 'not_delivered',
			'message' => $e->getMessage(),
			'due'     => 0,
			'doubt'   => $doubt,
			'ref'     => $user_id,
		);
	}
}
