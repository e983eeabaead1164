<?php
/**
 * The worker.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A process that delivers what is due, for days: looks, delivers, rests. Any number of them may run, on any number of hosts.
 * While one makes progress, pages and WP-Cron leave its work to it.
 */
final class Worker {

	/** It was told to end, or its time was over. */
	public const DONE = 'done';

	/** The plugin, the extension or the sites have changed under it: it is to be started anew. */
	public const CHANGED = 'changed';

	/** The plugin has been deactivated: nothing is to be delivered any more. */
	public const OFF = 'off';

	/** Microseconds of the first rest; each further one is twice as long. */
	private const REST = 50000;

	/** Microseconds of the longest: so late is a change noticed at most. */
	private const LONGEST_REST = 1000000;

	/** Seconds for one site before it is the next one's turn, unless live changes wait at another. */
	private const TURN = 20.0;

	/** Seconds of a turn after which it is asked whether they do, and between two times. */
	private const ALONE = 1;

	/** Seconds between two signs of life, and between two looks whether anything has changed under it. */
	private const BEAT = 5;

	/** Seconds between two sweeps. */
	private const SWEEP = 60;

	/** Tries, with a second after each, for which a database that went away is waited for. */
	private const WAIT_FOR_DATABASE = 600;

	/** Tries where nothing is to be waited for: one that has only hung up is there again at once. */
	private const DO_NOT_WAIT = 1;

	/** Who this is: host and process. */
	private readonly string $name;

	/** Whether it was told to end. */
	private bool $told = false;

	/** Whether the plugin has been deactivated. */
	private bool $off = false;

	/** When it is to end, by hrtime(). */
	private float $end = INF;

	/**
	 * When a site was last seen to by this worker, and last swept.
	 *
	 * @var array<string, float>
	 */
	private array $seen = array();

	/**
	 * What it runs.
	 *
	 * @param \wpdb       $db         WordPress's database.
	 * @param Sites       $sites      The sites.
	 * @param Site_Rows   $rows       How they do.
	 * @param Links       $links      The links.
	 * @param Sweep       $sweep      Finds who was missed.
	 * @param Delivery    $delivery   Delivers.
	 * @param Request_End $settler    Settles what delivering makes other plugins change.
	 * @param Code        $code       What this process runs.
	 * @param Activation  $activation Whether it is still to.
	 */
	public function __construct(
		private readonly \wpdb $db,
		private readonly Sites $sites,
		private readonly Site_Rows $rows,
		private readonly Links $links,
		private readonly Sweep $sweep,
		private readonly Delivery $delivery,
		private readonly Request_End $settler,
		private readonly Code $code,
		private readonly Activation $activation
	) {
		$this->name = substr( gethostname() . ' ' . getmypid(), 0, 80 ) . ' ' . bin2hex( random_bytes( 4 ) );
	}

	/**
	 * Works.
	 *
	 * @param int           $max_time Seconds until it ends; 0: never.
	 * @param bool          $once     Ends when nothing is due.
	 * @param \Closure|null $stop     Asked between batches whether to end.
	 * @param string|null   $site     Works for this site alone: one that hangs keeps a worker of its own busy, not everybody's.
	 * @return string DONE, CHANGED or OFF.
	 */
	public function run( int $max_time = 0, bool $once = false, ?\Closure $stop = null, ?string $site = null ): string {
		$this->end = $max_time > 0 ? self::clock() + $max_time : INF;
		$this->listen();
		$stop = fn(): bool => $this->told || self::clock() >= $this->end || ( $stop && $stop() );
		$rest = self::REST;
		$page = $this->no_error_page( ... );
		add_filter( 'wp_die_handler', $page, PHP_INT_MAX );
		try {
			while ( ! $stop() ) {
				try {
					$done = $this->is_there( $stop ) && $this->look( $stop, $site );
				} catch ( Database_Error $e ) {
					// It is waited for before the next look.
					Log::thrown( $e );
					$done = false;
				}
				if ( $this->off ) {
					return self::OFF;
				}
				if ( $once && ! $done ) {
					break;
				}
				if ( $this->code->has_changed() ) {
					return self::CHANGED;
				}
				$rest = $done ? self::REST : min( 2 * $rest, self::LONGEST_REST );
				$left = ( $this->end - self::clock() ) * 1e6;
				if ( ! $done && ! $stop() ) {
					// A signal ends it early.
					usleep( (int) max( 0, min( $rest, $left ) ) );
				}
			}
			return self::DONE;
		} finally {
			$this->stop_beating();
			remove_filter( 'wp_die_handler', $page, PHP_INT_MAX );
		}
	}

	/**
	 * Looks at each site once and delivers what is due.
	 *
	 * @param \Closure    $stop Whether to end.
	 * @param string|null $site Only at this one.
	 * @return bool Whether anything was done.
	 */
	private function look( \Closure $stop, ?string $site ): bool {
		$this->forget();
		// Whatever a hook of somebody's has left open in here.
		Open_Transaction::end();
		$stop = fn(): bool => $stop() || $this->is_off();
		$done = false;
		foreach ( $this->sites->all() as $target ) {
			if ( $stop() ) {
				break;
			}
			if ( null !== $site && $site !== $target->name ) {
				continue;
			}
			$begun = null;
			try {
				$this->progress( $target );
				$came = $this->delivery->run_due(
					$target,
					self::TURN,
					function () use ( $stop, $target, $site, &$begun ): bool {
						$this->progress( $target );
						// From the first batch on: where others have all requests, the turn is not over before it has one.
						$begun ??= self::clock();
						return $stop() || ( null === $site && $this->is_another_waiting( $target->name, $begun ) );
					},
					Delivery::LONGEST
				);
				$done = $came || $done;
			} catch ( \Throwable $e ) {
				// What is wrong with one site is no reason for the others to wait.
				Log::thrown( $e );
			}
		}
		$this->settler->leave();
		return $done;
	}

	/**
	 * Says that there is progress, now and then, and sweeps.
	 *
	 * @param Target $target The site.
	 */
	private function progress( Target $target ): void {
		$site = $target->name;
		$this->wait_in_statements();
		if ( $this->is_time( "beat $site", self::BEAT ) ) {
			$this->rows->beat( $site, $this->name );
		}
		if ( $this->is_time( "sweep $site", self::SWEEP ) ) {
			$this->sweep->run( $target );
		}
	}

	/**
	 * Whether the plugin has been deactivated. Asked between batches too: a backfill may be just what is to be stopped.
	 */
	private function is_off(): bool {
		$this->off = $this->off || $this->activation->is_over();
		return $this->off;
	}

	/**
	 * Whether somebody has changed who follows to another site, too, while this one has a turn that takes long: a backfill, say.
	 *
	 * @param string $site  Name of the site whose turn it is.
	 * @param float  $begun When its first batch began.
	 */
	private function is_another_waiting( string $site, float $begun ): bool {
		if ( self::clock() - $begun < self::ALONE / Clock::scale() || ! $this->is_time( 'others', self::ALONE ) ) {
			return false;
		}
		$others = array_map( static fn( Target $target ): string => $target->name, $this->sites->all() );
		return $this->links->is_live_due( array_values( array_diff( $others, array( $site ) ) ) );
	}

	/**
	 * Whether something is to be done again.
	 *
	 * @param string $what    What.
	 * @param int    $seconds How long after the last time.
	 */
	private function is_time( string $what, int $seconds ): bool {
		$now = self::clock();
		if ( isset( $this->seen[ $what ] ) && $now - $this->seen[ $what ] < $seconds / Clock::scale() ) {
			return false;
		}
		$this->seen[ $what ] = $now;
		return true;
	}

	/**
	 * Whether the database is there. One that has been away is waited for, until the worker is to end.
	 *
	 * @param \Closure $stop Whether to end.
	 */
	private function is_there( \Closure $stop ): bool {
		for ( $try = 1; $try <= self::WAIT_FOR_DATABASE; ++$try ) {
			$this->db->reconnect_retries = self::DO_NOT_WAIT;
			// phpcs:ignore WordPress.PHP.NoSilencedErrors.Discouraged -- else PHP would say so each second.
			if ( @$this->db->check_connection( false ) ) {
				$this->wait_in_statements();
				return true;
			}
			if ( $stop() ) {
				break;
			}
		}
		return false;
	}

	/**
	 * A statement waits for the database too, as long as this is to work. WordPress looks at the number after each try.
	 */
	private function wait_in_statements(): void {
		$left = (int) min( self::WAIT_FOR_DATABASE, ceil( $this->end - self::clock() ) );

		$this->db->reconnect_retries = $this->told ? self::DO_NOT_WAIT : max( self::DO_NOT_WAIT, $left );
	}

	/**
	 * Says that this worker ends, if the database is there. If not, its last sign of life runs out.
	 */
	private function stop_beating(): void {
		try {
			if ( $this->is_there( static fn(): bool => true ) ) {
				$this->rows->stop_beating( $this->name );
			}
		} catch ( Database_Error $e ) {
			Log::thrown( $e );
		}
	}

	/**
	 * Where a statement has waited in vain, WordPress ends the process with a page for visitors. Here what was begun is broken off
	 * instead, and its other statements do not wait anew: leases end by themselves, as those of a process that died.
	 *
	 * @param mixed $handler What WordPress would call.
	 * @return mixed
	 */
	private function no_error_page( mixed $handler ): mixed {
		if ( $this->db->dbh ) {
			return $handler;
		}
		return function (): never {
			$this->db->reconnect_retries = 0;
			throw new Database_Error( 'the database is away' );
		};
	}

	/**
	 * Forgets what WordPress keeps for the length of a request: this one may take days, and what is kept may be outdated.
	 */
	private function forget(): void {
		global $wp_object_cache;
		if ( wp_cache_supports( 'flush_runtime' ) ) {
			wp_cache_flush_runtime();
		} elseif ( is_array( $wp_object_cache->cache ?? null ) ) {
			// An object cache from before WordPress 6.1. They keep it there, as core does.
			$wp_object_cache->cache = array();
		}
		$this->db->flush();
		$this->db->queries = array();
		$this->sites->refresh();
		wp_roles()->for_site();
	}

	/**
	 * Lets a signal end it, after the batch, or while the database is waited for.
	 */
	private function listen(): void {
		if ( ! function_exists( 'pcntl_async_signals' ) ) {
			return;
		}
		pcntl_async_signals( true );
		foreach ( array( SIGTERM, SIGINT, SIGHUP ) as $signal ) {
			pcntl_signal(
				$signal,
				function (): void {
					$this->told = true;

					$this->db->reconnect_retries = self::DO_NOT_WAIT;
				}
			);
		}
	}

	/**
	 * Seconds of a clock that nobody sets.
	 */
	private static function clock(): float {
		return hrtime( true ) / 1e9;
	}
}
