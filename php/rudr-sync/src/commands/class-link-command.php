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
 * `link`, `unlink` and `confirm`. What follows from the last two is delivered with the next `sync`, or in the background.
 */
final class Link_Command {

	/** What a site says of an account that is not there, is somebody else's, or must not be touched. */
	private const WRONG = array( 'gone', 'identity_mismatch', Links::PRIVILEGED );

	/**
	 * Orders, and looks.
	 *
	 * @param Link_Orders  $orders What a person wants of links.
	 * @param Link_Report  $report What there is.
	 * @param Sync_Command $sync   Delivers.
	 */
	public function __construct( private readonly Link_Orders $orders, private readonly Link_Report $report, private readonly Sync_Command $sync ) {
	}

	/**
	 * That account there is this user's, says a person. The site is asked at once. Where it says otherwise the word is taken
	 * back: it must not keep the account from whom it belongs to.
	 *
	 * @param Target      $target    The site.
	 * @param int         $user_id   User.
	 * @param int         $remote_id Id of the account there.
	 * @param string|null $login     Its login; null if it is not known.
	 * @return Link_Line How they stand then: linked to that account, whether or not everything has arrived there yet.
	 * @throws Command_Error If that cannot be.
	 */
	public function link( Target $target, int $user_id, int $remote_id, ?string $login = null ): Link_Line {
		$site = $target->name;
		$name = self::name( $user_id );
		if ( $remote_id < 1 ) {
			throw new Command_Error( __( 'The id of an account is a number from 1.', 'rudr-sync' ) );
		}
		if ( ! get_userdata( $user_id ) ) {
			/* translators: %s: a user. */
			throw new Command_Error( sprintf( __( 'There is no user %s here.', 'rudr-sync' ), $name ) );
		}
		$holder = $this->report->holder( $site, $remote_id );
		$holder = $holder && $holder->user_id !== $user_id ? $holder->name() : null;
		if ( null !== $holder || ! $this->orders->link( $site, $user_id, $remote_id, $login ) ) {
			/* translators: 1: id of an account, 2: short name of a site, 3: login of a user. */
			throw new Command_Error( sprintf( __( 'Account %1$d on %2$s is linked to another user, %3$s. Unlink that user first.', 'rudr-sync' ), $remote_id, $site, $holder ?? '?' ) );
		}
		$line = $this->sync->deliver( $target, array( $user_id ), INF )[0] ?? null;
		if ( $line && $line->remote_id === $remote_id && ! $this->is_wrong( $line ) ) {
			return $line;
		}
		if ( $line && $line->remote_id === $remote_id ) {
			// And they follow again as somebody of whom no account is known.
			$this->orders->unlink( $site, $user_id );
			$this->orders->sync( $site, array( $user_id ) );
		}
		/* translators: 1: login of a user, 2: id of an account, 3: short name of a site, 4: why. */
		throw new Command_Error( trim( sprintf( __( '%1$s is not linked to account %2$d on %3$s: %4$s', 'rudr-sync' ), $name, $remote_id, $site, $line?->message ) ) );
	}

	/**
	 * Whether a person's word about an account proved wrong.
	 *
	 * @param Link_Line $line What came of it.
	 */
	private function is_wrong( Link_Line $line ): bool {
		$user = get_userdata( $line->user_id );
		// Who may edit users here does not follow, and that says nothing of the account.
		return 'failed' === $line->state() && in_array( $line->code, self::WRONG, true )
			&& ! ( Links::PRIVILEGED === $line->code && $user && Privileges::of( $user ) );
	}

	/**
	 * Forgets whose account there a user's is. The account stays as it is, and the user does not follow there any more.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 * @throws Command_Error If there is nothing to forget.
	 */
	public function unlink( string $site, int $user_id ): void {
		$line = $this->report->of( array( $user_id ), $site )[0] ?? null;
		if ( ! $line || Link_Line::UNLINKED === $line->code || ! $this->orders->unlink( $site, $user_id ) ) {
			/* translators: 1: login of a user, 2: short name of a site. */
			throw new Command_Error( sprintf( __( '%1$s has no link to %2$s.', 'rudr-sync' ), self::name( $user_id ), $site ) );
		}
	}

	/**
	 * Whichever account there has this user's address is theirs.
	 *
	 * @param string      $site    Name of the site.
	 * @param int         $user_id User.
	 * @param string|null $said    The Confirmation of the address that the person saw; null if they mean whatever it is.
	 * @throws Command_Error If nothing waits for that, or the user has another address by now.
	 */
	public function confirm( string $site, int $user_id, ?string $said = null ): void {
		foreach ( $this->report->of( array( $user_id ), $site ) as $line ) {
			if ( $line->can_be_confirmed() ) {
				if ( ! $this->orders->confirm( $site, $user_id, $said ) ) {
					/* translators: %s: login of a user. */
					throw new Command_Error( sprintf( __( '%s has another address than you were shown. Look whether the account with the new one is theirs too, and confirm it then.', 'rudr-sync' ), self::name( $user_id ) ) );
				}
				return;
			}
		}
		/* translators: 1: login of a user, 2: short name of a site. */
		throw new Command_Error( sprintf( __( '%1$s does not wait for a confirmation on %2$s.', 'rudr-sync' ), self::name( $user_id ), $site ) );
	}

	/**
	 * What to call a user.
	 *
	 * @param int $user_id User.
	 */
	public static function name( int $user_id ): string {
		$user = get_userdata( $user_id );
		return $user ? $user->user_login : '#' . $user_id;
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
			$this->orders->confirm( $site, $user_id );
		}
		return $user_ids;
	}
}
