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

	/**
	 * Seconds for which a visitor's page waits until others leave it a request to the site. Whoever has them may need a minute
	 * to be done; then WP-Cron or a worker does it.
	 */
	private const WAIT = 1.0;

	/**
	 * Who was settled and is not yet delivered.
	 *
	 * @var int[]
	 */
	private array $settled = array();

	/**
	 * Who was settled last, in the middle of a long request: a transaction of somebody else's, over one row of an import say, may
	 * have taken back what was noted of all their passwords.
	 *
	 * @var int[]
	 */
	private array $before = array();

	/** Whether WordPress has been told. */
	private bool $is_attached = false;

	/**
	 * The end of a request that has to do with these.
	 *
	 * @param Parts $parts The parts; those that seal and deliver are made when the visitor has the answer.
	 */
	public function __construct( private readonly Parts $parts ) {
	}

	/**
	 * Attaches it to the very end of the request, after whatever others do there; once there is something to end.
	 */
	public function attach(): void {
		if ( ! $this->is_attached ) {
			$this->is_attached = true;
			add_action( 'shutdown', array( $this, 'finish' ), PHP_INT_MAX );
		}
	}

	/**
	 * Settles and delivers. Whatever goes wrong, the page does not: the links stay dirty.
	 */
	public function finish(): void {
		try {
			$mode = Mode::now();
			$this->parts->changes->end();
			$is_work = $this->parts->changes->touched() || $this->settled || $this->parts->passwords->has_to_settle();
			if ( Mode::AFTER === $mode && $is_work ) {
				// Registered now, it comes after whatever others have registered: they may have something to say to the visitor.
				register_shutdown_function( fn() => $this->after_response() );
				return;
			}
			if ( $is_work ) {
				Open_Transaction::end();
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
		$this->parts->passwords->forget();
	}

	/**
	 * Marks what was changed as done.
	 */
	public function settle(): void {
		$user_ids = $this->parts->changes->touched();
		$steps    = array( fn() => $this->parts->passwords->settle( $user_ids ? array( ...$this->before, ...$user_ids ) : array() ) );
		if ( $user_ids ) {
			array_unshift( $steps, fn() => $this->parts->changes->ensure() );
			array_push( $steps, fn() => $this->parts->seal->settle(), fn() => $this->parts->proofs->settle(), fn() => $this->parts->changes->settle() );
		}
		foreach ( $steps as $step ) {
			try {
				$step();
			} catch ( \Throwable $e ) {
				// An object cache that is closed already, say: the next step is no less needed.
				Log::thrown( $e );
			}
		}
		$this->before = $user_ids;
		array_push( $this->settled, ...$user_ids );
	}

	/**
	 * Where somebody else has ended the request in the middle of its end, this is the last that is called.
	 */
	public function __destruct() {
		if ( $this->parts->changes->touched() ) {
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
		$this->parts->changes->end();
		$this->settle();
		$this->settled = array();
		$this->parts->passwords->forget();
	}

	/**
	 * Delivers to every site before the response.
	 *
	 * @param int[] $user_ids Users.
	 */
	private function deliver( array $user_ids ): void {
		foreach ( $this->parts->sites->all() as $target ) {
			$this->parts->delivery->run( $target, $user_ids, INF, self::WAIT / Clock::scale() );
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

			Open_Transaction::end();
			$this->settle();
			$user_ids = $this->take_settled();

			if ( $user_ids && ! $this->parts->after_response->deliver( $user_ids ) ) {
				Cron::soon();
			}
			$this->leave();
		} catch ( \Throwable $e ) {
			Log::thrown( $e );
		}
		$this->parts->passwords->forget();
	}
}
