<?php
/**
 * Whom this request has changed.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Marks a user's links at the first change in a request, before the write where WordPress lets us, so that a request which
 * dies in between leaves the mark behind; and once more when the request's work on them is done.
 */
final class Changes {

	/** Seconds after which a run is long. */
	private const LONG = 30;

	/** This request. */
	private readonly string $request;

	/** LONG by the clock, in nanoseconds. */
	private readonly int $long;

	/**
	 * Who was touched since the last settling, and when they were marked, by hrtime().
	 *
	 * @var array<int, int>
	 */
	private array $touched = array();

	/**
	 * Who is being removed: WordPress has begun, and has not said yet that it is done. With their heir, and since when by
	 * hrtime().
	 *
	 * @var array<int, array{\WP_User, int|null, int}>
	 */
	private array $removing = array();

	/**
	 * The sites that they were marked for.
	 *
	 * @var string[]
	 */
	private array $marked_for = array();

	/** When the first of them was, by hrtime(). */
	private int $since = 0;

	/**
	 * Marks there, for those sites.
	 *
	 * @param Marks    $marks  Marks links.
	 * @param Sites    $sites  The sites.
	 * @param \Closure $settle Settles what a long run, an import for instance, has done so far; before the next user is touched.
	 */
	public function __construct( private readonly Marks $marks, private readonly Sites $sites, private readonly \Closure $settle ) {
		$this->request = bin2hex( random_bytes( 16 ) );
		$this->long    = Clock::seconds( self::LONG ) * 1_000_000_000;
	}

	/**
	 * Whether nothing new would be said by touching this user: a mark counts for a minute, and who is touched again later is marked
	 * again.
	 *
	 * @param int $user_id User.
	 */
	public function is_marked( int $user_id ): bool {
		return isset( $this->touched[ $user_id ] ) && hrtime( true ) - $this->touched[ $user_id ] <= $this->long;
	}

	/**
	 * This user changes, or is about to.
	 *
	 * @param int $user_id User.
	 */
	public function touch( int $user_id ): void {
		if ( $user_id <= 0 || $this->is_marked( $user_id ) ) {
			return;
		}
		$names = $this->sites->noted();
		if ( $names ) {
			$this->note( $user_id );
			$this->marked_for = $names;
			$this->marks->mark( $names, $user_id, $this->request );
		}
	}

	/**
	 * This user is about to be removed. What cannot be read afterwards is kept on the links.
	 *
	 * @param \WP_User $user    The user.
	 * @param int|null $heir_id Local user who inherits the content.
	 */
	public function remove( \WP_User $user, ?int $heir_id ): void {
		$names = $this->sites->names();
		if ( ! $names ) {
			return;
		}
		// As it is judged, and not read again once they are gone.
		$user                        = Privileges::on_main_site( $user );
		$this->removing[ $user->ID ] = array( $user, $heir_id, $this->note( $user->ID ) );
		$claimed = (int) get_user_meta( $user->ID, Remote_Id_Meta::KEY, true );
		if ( $claimed > 0 && Remote_Id_Meta::is_for( Sites::ONLY ) && in_array( Sites::ONLY, $names, true ) ) {
			$this->marks->mark_removed_with_claim( $names, $user, $heir_id, $claimed, $this->request );
		} else {
			$this->marks->mark_removed( $names, $user, $heir_id, $this->request );
		}
	}

	/**
	 * This user is removed. If that took long, over many posts say, the mark may have been taken back as that of a request that
	 * died, or WordPress' last writes may have marked them as somebody who stays: it is made again.
	 *
	 * @param int $user_id User.
	 */
	public function removed( int $user_id ): void {
		list( $user, $heir_id, $since ) = $this->removing[ $user_id ] ?? array( null, null, 0 );
		unset( $this->removing[ $user_id ] );
		$is_touched = ( $this->touched[ $user_id ] ?? null ) !== $since;
		if ( $user && ( $is_touched || hrtime( true ) - $since >= Clock::seconds( Marks::UNSETTLED ) * 1_000_000_000 ) ) {
			$this->marks->mark_removed( $this->sites->names(), $user, $heir_id, $this->request );
		}
	}

	/**
	 * The request ends: who was being removed and is not will not be.
	 */
	public function end(): void {
		$this->removing = array();
	}

	/**
	 * Whom this request has touched so far; but not who is being removed right now.
	 *
	 * @return int[]
	 */
	public function touched(): array {
		return array_keys( array_diff_key( $this->touched, $this->removing ) );
	}

	/**
	 * Makes sure that they have links.
	 */
	public function ensure(): void {
		$this->marks->ensure( $this->sites->names(), $this->touched(), $this->request );
	}

	/**
	 * The work on them is done: their links are due now.
	 */
	public function settle(): void {
		$names = $this->sites->names();
		if ( $names ) {
			$this->marks->settle( $names, $this->touched(), $this->request );
		}
		$this->marks->take_back( $this->sites->removed( $this->marked_for ), $this->touched(), $this->request );
		$this->sites->note();
		$this->touched = array_intersect_key( $this->touched, $this->removing );
	}

	/**
	 * Notes that a user is touched. The work on those before them is done, if it was begun long ago.
	 *
	 * @param int $user_id User.
	 * @return int When, by hrtime().
	 */
	private function note( int $user_id ): int {
		$now = hrtime( true );
		if ( $this->touched && $now - $this->since > $this->long ) {
			( $this->settle )();
		}
		if ( ! $this->touched ) {
			// A visitor who goes away must not end the request before it is settled.
			ignore_user_abort( true );
			$this->since = $now;
		}
		$this->touched[ $user_id ] = $now;
		return $now;
	}
}
