<?php
/**
 * The end of a request.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Settles what a request has changed once it is done, and sees to it that it is delivered: now, after the response, or later.
 */
final class Request_End {

	/** Times it looks for changes: delivering may make other plugins change users. */
	private const PASSES = 2;

	/** Seconds that delivery after the response may take, for all sites. */
	private const BUDGET = 5.0;

	/** Seconds of them for what other requests have left. */
	private const FOR_OTHERS = 1.0;

	/** Seconds beyond them until a page that was killed counts as gone. */
	private const MARGIN = 30;

	/**
	 * Seconds for which a visitor's page waits until others leave it a request to the site. Whoever has them may need a minute
	 * to be done; then WP-Cron or a worker does it.
	 */
	private const WAIT = 1.0;

	/** Seconds after which a long run settles what it has done so far. */
	private const LONG = 30;

	/**
	 * Who was settled and is not yet delivered.
	 *
	 * @var int[]
	 */
	private array $settled = array();

	/**
	 * What there is to settle, and who delivers.
	 *
	 * @param Changes       $changes   Who changed.
	 * @param Passwords     $passwords Which passwords were seen.
	 * @param Password_Seal $seal      Keeps them.
	 * @param Proofs        $proofs    Who proved their address.
	 * @param Sites         $sites     The sites.
	 * @param Site_Rows     $rows      How they do.
	 * @param Delivery      $delivery  Delivers.
	 */
	public function __construct(
		private readonly Changes $changes,
		private readonly Passwords $passwords,
		private readonly Password_Seal $seal,
		private readonly Proofs $proofs,
		private readonly Sites $sites,
		private readonly Site_Rows $rows,
		private readonly Delivery $delivery
	) {
	}

	/**
	 * Attaches it to the very end of the request, after whatever others do there.
	 */
	public function attach(): void {
		add_action( 'shutdown', array( $this, 'finish' ), PHP_INT_MAX );
		$this->changes->on_long_run( Clock::seconds( self::LONG ), fn() => $this->settle() );
	}

	/**
	 * Settles and delivers. Whatever goes wrong, the page does not: the links stay dirty.
	 */
	public function finish(): void {
		try {
			$mode = Mode::now();
			$this->changes->end();
			if ( Mode::AFTER === $mode && ( $this->changes->touched() || $this->settled || $this->passwords->has_to_settle() ) ) {
				// Registered now, it comes after whatever others have registered: they may have something to say to the visitor.
				register_shutdown_function( fn() => $this->after_response() );
				return;
			}
			for ( $pass = 1; $pass <= self::PASSES; ++$pass ) {
				$this->settle();
				$user_ids = $this->take_settled();
				if ( ! $user_ids ) {
					break;
				}
				if ( Mode::INLINE === $mode ) {
					$this->deliver( $user_ids );
				} else {
					Cron::soon();
				}
			}
		} catch ( \Throwable $e ) {
			Log::thrown( $e );
		}
		$this->passwords->forget();
	}

	/**
	 * Marks what was changed as done.
	 */
	public function settle(): void {
		$user_ids = $this->changes->touched();
		$steps    = array( fn() => $this->passwords->settle( $user_ids ) );
		if ( $user_ids ) {
			array_unshift( $steps, fn() => $this->changes->ensure() );
			array_push( $steps, fn() => $this->seal->settle(), fn() => $this->proofs->settle(), fn() => $this->changes->settle() );
		}
		foreach ( $steps as $step ) {
			try {
				$step();
			} catch ( \Throwable $e ) {
				// An object cache that is closed already, say: the next step is no less needed.
				Log::thrown( $e );
			}
		}
		array_push( $this->settled, ...$user_ids );
	}

	/**
	 * Where somebody else has ended the request in the middle of its end, this is the last that is called.
	 */
	public function __destruct() {
		if ( $this->changes->touched() ) {
			$this->leave();
		}
	}

	/**
	 * Who is settled and not yet delivered.
	 *
	 * @return int[]
	 */
	private function take_settled(): array {
		$user_ids      = array_values( array_unique( $this->settled ) );
		$this->settled = array();
		return $user_ids;
	}

	/**
	 * Settles, and leaves delivery to whoever has time for it.
	 */
	public function leave(): void {
		$this->changes->end();
		$this->settle();
		$this->settled = array();
		$this->passwords->forget();
	}

	/**
	 * Delivers to every site before the response.
	 *
	 * @param int[] $user_ids Users.
	 */
	private function deliver( array $user_ids ): void {
		foreach ( $this->sites->all() as $target ) {
			$this->delivery->run( $target, $user_ids, INF, self::WAIT / Clock::scale() );
		}
	}

	/**
	 * Gives the visitor the answer, and settles and delivers then. The process is not free until it is done: few may deliver, and
	 * briefly.
	 */
	private function after_response(): void {
		try {
			if ( PHP_SESSION_ACTIVE === session_status() ) {
				// Its lock would hold up the visitor's next page.
				session_write_close();
			}
			ignore_user_abort( true );
			( Mode::finisher() )();

			$this->settle();
			$user_ids = $this->take_settled();

			$end  = microtime( true ) + self::BUDGET;
			$left = false;
			foreach ( $user_ids ? $this->sites->all() : array() as $target ) {
				$left = ! $this->deliver_alone( $target, $user_ids, $end ) || $left;
			}
			if ( $left ) {
				Cron::soon();
			}
			$this->leave();
		} catch ( \Throwable $e ) {
			Log::thrown( $e );
		}
		$this->passwords->forget();
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
		$row = $this->rows->get( $target->name );
		if ( $row->worked || ! $row->is_open() ) {
			return true; // The worker does it; or the sweep finds out when the site is back.
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
