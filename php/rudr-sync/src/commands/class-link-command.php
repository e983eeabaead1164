<?php
/**
 * Whose account is whose, by a person's word.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * `link`, `unlink` and `confirm`. What follows from it is delivered with the next `sync`, or in the background.
 */
final class Link_Command {

	/**
	 * Orders, and looks.
	 *
	 * @param Links       $links  The links.
	 * @param Link_Orders $orders What a person wants of them.
	 * @param Link_Report $report What there is.
	 */
	public function __construct( private readonly Links $links, private readonly Link_Orders $orders, private readonly Link_Report $report ) {
	}

	/**
	 * That account there is this user's.
	 *
	 * @param string      $site      Name of the site.
	 * @param int         $user_id   User.
	 * @param int         $remote_id Id of the account there.
	 * @param string|null $login     Its login; needed if it has neither the user's login nor their address.
	 * @throws Command_Error If that cannot be.
	 */
	public function link( string $site, int $user_id, int $remote_id, ?string $login = null ): void {
		if ( $remote_id < 1 ) {
			throw new Command_Error( __( 'The id of an account is a number from 1.', 'rudr-sync' ) );
		}
		if ( ! get_userdata( $user_id ) ) {
			throw new Command_Error( __( 'There is no such user here.', 'rudr-sync' ) );
		}
		if ( ! $this->orders->link( $site, $user_id, $remote_id, $login ) ) {
			/* translators: 1: id of an account, 2: short name of a site. */
			throw new Command_Error( sprintf( __( 'Account %1$d on %2$s is linked to another user. Unlink that user first.', 'rudr-sync' ), $remote_id, $site ) );
		}
	}

	/**
	 * Forgets whose account there a user's is. The account stays as it is.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 * @throws Command_Error If there is nothing to forget.
	 */
	public function unlink( string $site, int $user_id ): void {
		if ( ! $this->orders->unlink( $site, $user_id ) ) {
			/* translators: 1: id of a user, 2: short name of a site. */
			throw new Command_Error( sprintf( __( 'User %1$d has no link to %2$s.', 'rudr-sync' ), $user_id, $site ) );
		}
	}

	/**
	 * Whichever account there has this user's address is theirs.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 * @throws Command_Error If nothing waits for that.
	 */
	public function confirm( string $site, int $user_id ): void {
		foreach ( $this->report->of( array( $user_id ), $site ) as $line ) {
			if ( $line->can_be_confirmed() ) {
				$this->links->confirm( $site, $user_id );
				return;
			}
		}
		/* translators: 1: id of a user, 2: short name of a site. */
		throw new Command_Error( sprintf( __( 'User %1$d does not wait for a confirmation on %2$s.', 'rudr-sync' ), $user_id, $site ) );
	}

	/**
	 * All who wait for it.
	 *
	 * @param string $site Name of the site.
	 * @return int[] Users.
	 */
	public function confirm_all( string $site ): array {
		$user_ids = array();
		$at       = 0;
		do {
			$lines = $this->report->lines( Link_Report::NEEDING, $site, 500, $at );
			$at   += count( $lines );
			foreach ( $lines as $line ) {
				if ( $line->can_be_confirmed() ) {
					$user_ids[] = $line->user_id;
				}
			}
		} while ( $lines );
		foreach ( $user_ids as $user_id ) {
			$this->links->confirm( $site, $user_id );
		}
		return $user_ids;
	}
}
