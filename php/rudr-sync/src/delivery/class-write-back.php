<?php
/**
 * Writes back what came of a job.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Says what an outcome of the extension means for a link, and writes it while the lease is ours. It keeps what it is told; how a
 * column depends on the row as it was read is Link_Columns'.
 *
 * A row whose lease is kept is gone over again by Batch in the same run.
 */
final class Write_Back {

	/** Seconds until a user for whom another plugin's filter has failed is tried again. */
	private const WAIT_FOR_FILTER = 600;

	/** Seconds until a user whose account another user's link still holds is tried again. */
	private const WAIT_FOR_LINK = 60;

	/** The account is gone, or let go. */
	private const GONE = array( 'deleted', 'absent', 'unlinked' );

	/** The site holds what was read. */
	private const DONE = array( 'created', 'updated', 'unchanged' );

	/** The password was not sent because nobody could open it: it waits for its key. */
	private const KEY_TROUBLES = array( 'key_missing', 'key_lost' );

	/** What that site, which is right, has changed meanwhile: it is on its way here, and no failure. */
	private const STALE = 'stale';

	/** Somebody else's account is in the way: if it ever is adopted, its own password stays. */
	private const NOT_THEIRS = array( 'unproven', 'conflict' );

	/**
	 * Ids to be noted, by user id: the account's, and that which is noted.
	 *
	 * @var array<int, array{int, int|null}>
	 */
	private array $ids = array();

	/**
	 * Writes to that table.
	 *
	 * @param Links $links The table.
	 */
	public function __construct( private readonly Links $links ) {
	}

	/**
	 * Takes an outcome.
	 *
	 * @param Link                 $link    The link as it was read.
	 * @param Person|null          $person  The user; null if they are to be gone there.
	 * @param array<string, mixed> $outcome The outcome.
	 * @param string               $lease   Token under which it was read.
	 * @return array<string, mixed> The outcome as it was taken: another link may hold the account.
	 * @throws Database_Error If it could not be written.
	 */
	public function take( Link $link, ?Person $person, array $outcome, string $lease ): array {
		$status = $outcome['status'];
		if ( in_array( $status, self::GONE, true ) ) {
			$this->forget( $link, $lease );
			return $outcome;
		}
		if ( $this->speaks_of_anothers( $link, $person, $outcome ) ) {
			return $this->anothers( $link, $person, $outcome, $lease );
		}
		$account = ( new Link_Columns( $link ) )->account( $outcome );
		$set     = match ( true ) {
			'found' === $status => $this->found( $link, $outcome ),
			in_array( $status, self::DONE, true ) => $this->in_step( $link, $outcome ),
			default => $this->failed( $link, $person, $outcome ),
		};
		try {
			$kept = $this->update( $link, $lease, $account + $set );
		} catch ( Database_Error $e ) {
			if ( ! $e->is_duplicate() ) {
				throw $e;
			}
			return $this->anothers( $link, $person, $outcome, $lease );
		}
		if ( $kept && $person && ! empty( $outcome['forget'] ) ) {
			Remote_Id_Meta::forget( $link->site, $link->user_id, $link->remote_id );
		} elseif ( $kept && $person && isset( $outcome['id'], $outcome['login'], $outcome['trust'] ) ) {
			$this->ids[ $link->user_id ] = array( (int) $outcome['id'], $person->claimed_id );
		}
		return $outcome;
	}

	/**
	 * Notes the ids of the accounts of all whose outcomes were taken, where others look for them.
	 *
	 * @param string $site Name of the site.
	 */
	public function note_ids( string $site ): void {
		$ids       = $this->ids;
		$this->ids = array();
		Remote_Id_Meta::note( $site, $ids );
	}

	/**
	 * Somebody who had this user's login or address was removed here and is still to be removed there.
	 *
	 * @param Link   $link  The link.
	 * @param string $lease Token.
	 * @return array<string, mixed> The outcome.
	 */
	public function waits_for_removal( Link $link, string $lease ): array {
		$outcome = $this->waits_for( $link, __( 'Another user with this login or address was removed here, and is still to be removed there. It is tried again once that is done.', 'rudr-sync' ) );
		$this->update( $link, $lease, $this->failed( $link, null, $outcome ) );
		return $outcome;
	}

	/**
	 * Another plugin's filter has failed for this user: they wait, so that they are not in everybody's way.
	 *
	 * @param Link   $link  The link.
	 * @param string $lease Token.
	 */
	public function filter_failed( Link $link, string $lease ): void {
		$outcome = array(
			'status'  => 'retry',
			'code'    => 'filter_failed',
			'message' => __( 'A filter of another plugin (rudr_sync_user, rudr_sync_should_sync) failed for this user; the error log says where. It is tried again.', 'rudr-sync' ),
			'due'     => self::WAIT_FOR_FILTER,
			'doubt'   => 'before',
		);
		$this->update( $link, $lease, $this->failed( $link, null, $outcome ) );
	}

	/**
	 * The user is missing and nobody has marked a removal: for a person to look at.
	 *
	 * @param Link   $link  The link.
	 * @param string $lease Token.
	 */
	public function vanished( Link $link, string $lease ): void {
		if ( null === $link->remote_id && null === $link->tried_at ) {
			// Nobody there either: somebody has written meta of a user who is no more, say.
			$this->forget( $link, $lease );
			return;
		}
		$outcome = array(
			'status'  => 'rejected',
			'code'    => 'vanished',
			'message' => __( 'The user is no longer here, but WordPress was never asked to remove them. Their account on the other site is left as it is.', 'rudr-sync' ),
			'doubt'   => 'before',
		);
		$this->update( $link, $lease, $this->failed( $link, null, $outcome ) );
	}

	/**
	 * A removal was announced, but the user is still here. The mark is taken back if the request that set it is through; one
	 * that takes its time, over a user with many posts say, may still be at it.
	 *
	 * @param Link   $link  The link.
	 * @param string $lease Token.
	 */
	public function was_not_removed( Link $link, string $lease ): void {
		$this->update( $link, $lease, Link_Columns::NOT_REMOVED, " AND revision = {$link->revision} AND (unsettled_until IS NULL OR unsettled_until < UTC_TIMESTAMP() - INTERVAL " . Clock::seconds( Link_Columns::HALF_REMOVED ) . ' SECOND)' );
	}

	/**
	 * The user does not follow there: somebody's filter says so, or a person has unlinked them. Nothing is sent, and nothing
	 * waits. What was in doubt before still is, and so is what a person has ordered.
	 *
	 * @param Link   $link  The link.
	 * @param string $lease Token.
	 */
	public function left_out( Link $link, string $lease ): void {
		$columns = new Link_Columns( $link );

		$set  = $columns->as_read() + array(
			'attempts' => '0',
			'failing'  => '0',
		);
		$set += $link->is_unlinked() ? array() : $columns->reason( null, null );
		$this->update( $link, $lease, $set + $columns->erase_secret() + $columns->lease_if_changed() );
	}

	/**
	 * The account there is gone or let go: so is the link. Who has the user's id by now begins anew with it, and has a password in it.
	 *
	 * @param Link   $link  The link.
	 * @param string $lease Token.
	 */
	public function forget( Link $link, string $lease ): void {
		global $wpdb;
		$login = $link->removed ? Database_Error::unless_read( $wpdb, $wpdb->get_var( $wpdb->prepare( "SELECT user_login FROM {$wpdb->users} WHERE ID = %d", $link->user_id ) ) ) : null;
		if ( $link->is_succeeded( $login ) ) {
			$this->update( $link, $lease, Link_Columns::ANEW );
			return;
		}
		$this->links->write(
			$wpdb->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"DELETE FROM {$this->links->table} WHERE site = %s AND user_id = %d AND lease = %s",
				$link->site,
				$link->user_id,
				$lease
			)
		);
	}

	/**
	 * Whether an outcome speaks of an account that the link of another user holds, or may come to hold once it is known what
	 * became of a create. Where it makes the account ours, the unique key says so.
	 *
	 * @param Link                 $link    The link.
	 * @param Person|null          $person  The user; null if they are to be gone there.
	 * @param array<string, mixed> $outcome The outcome.
	 */
	private function speaks_of_anothers( Link $link, ?Person $person, array $outcome ): bool {
		$id      = isset( $outcome['id'] ) ? (int) $outcome['id'] : null;
		$is_ours = isset( $outcome['id'], $outcome['login'], $outcome['trust'] );
		if ( ! $is_ours && null !== $id && $link->remote_id !== $id && $this->links->is_held_by_another( $link->site, $link->user_id, $id ) ) {
			return true;
		}
		$is_strangers = 'adopted' === ( $outcome['trust'] ?? null ) && 'found' === $outcome['status'] || in_array( $outcome['code'] ?? null, self::NOT_THEIRS, true );
		return $person && $is_strangers && null === $link->remote_id
			&& $this->links->is_tried_by_another( $link->site, $link->user_id, $person->fields['user_email'] );
	}

	/**
	 * The account is held by the link of another user, who has moved on or is about to be removed. Nobody's removal removes it.
	 *
	 * @param Link                 $link    The link.
	 * @param Person|null          $person  The user; null if they are to be gone there.
	 * @param array<string, mixed> $outcome The outcome.
	 * @param string               $lease   Token.
	 * @return array<string, mixed> The outcome as it was taken.
	 */
	private function anothers( Link $link, ?Person $person, array $outcome, string $lease ): array {
		if ( ! $person ) {
			$this->forget( $link, $lease );
			return array(
				'status' => 'absent',
				'code'   => null,
				'due'    => null,
			) + $outcome;
		}
		$account = $outcome['login'] ?? '#' . $outcome['id'];
		/* translators: %s: a login on another site. */
		$message = sprintf( __( 'The account "%s" there still belongs to another user of this site. It is tried again once that has changed.', 'rudr-sync' ), $account );
		$outcome = $this->waits_for( $link, $message );
		$this->update( $link, $lease, $this->failed( $link, $person, $outcome ) );
		return $outcome;
	}

	/**
	 * The outcome of who waits for another user's link.
	 *
	 * @param Link   $link    The link.
	 * @param string $message Why, for a person.
	 * @return array<string, mixed>
	 */
	private function waits_for( Link $link, string $message ): array {
		return array(
			'status'  => 'retry',
			'scope'   => 'job',
			'id'      => null,
			'login'   => null,
			'trust'   => null,
			'base'    => null,
			'refused' => array(),
			'http'    => null,
			'code'    => 'waits_for',
			'message' => $message,
			'due'     => self::WAIT_FOR_LINK,
			'spent'   => false,
			'doubt'   => 'before',
			'forget'  => false,
			'ref'     => $link->user_id,
		);
	}

	/**
	 * An account was found and is noted; the same holder goes on with it.
	 *
	 * @param Link                 $link    The link.
	 * @param array<string, mixed> $outcome The outcome.
	 * @return array<string, string> SQL by column.
	 */
	private function found( Link $link, array $outcome ): array {
		$columns = new Link_Columns( $link );
		return $columns->base( $outcome ) + $columns->tried( $outcome ) + $columns->used_up( $outcome );
	}

	/**
	 * The site holds what was read. If the user has changed since, or was being changed then, the row stays dirty.
	 *
	 * @param Link                 $link    The link.
	 * @param array<string, mixed> $outcome The outcome.
	 * @return array<string, string> SQL by column.
	 */
	private function in_step( Link $link, array $outcome ): array {
		$columns = new Link_Columns( $link );

		// In step but for fields that the site would not take: told, and not tried again until they change.
		$code = array_diff( $outcome['refused'], array( self::STALE ) ) ? 'refused' : null;
		$text = null === $code ? null : (string) $outcome['message'];
		if ( Links::KEY_MISSING === $link->code && 'password_unknown' === ( $outcome['refused']['user_pass'] ?? '' ) ) {
			// What to do about it is said already.
			list( $code, $text ) = array( $link->code, $link->message );
		}
		$set  = array(
			'synced_at' => 'UTC_TIMESTAMP()',
			'attempts'  => '0',
			'failing'   => '0',
		);
		$set += $columns->as_read() + $columns->reason( $code, $text );
		$set += in_array( $outcome['refused']['user_pass'] ?? '', self::KEY_TROUBLES, true ) ? array() : $columns->erase_secret();
		if ( isset( $outcome['holder'] ) && $this->links->is_held_by_another( $link->site, $link->user_id, (int) $outcome['holder'] ) ) {
			$set = $this->waits_for_address( $link ) + $set;
		}
		return $set + $columns->base( $outcome ) + $columns->tried( $outcome ) + $columns->used_up( $outcome ) + $columns->lease_if_changed();
	}

	/**
	 * The site holds all but the address, which another user's account there has yet: that will get another one too, or go.
	 *
	 * @param Link $link The link.
	 * @return array<string, string> SQL by column.
	 */
	private function waits_for_address( Link $link ): array {
		$columns = new Link_Columns( $link );
		return array(
			'synced_revision' => 'synced_revision',
			'due_at'          => $columns->if_same( Clock::ahead( self::WAIT_FOR_LINK ), 'due_at' ),
			// What was refused is to be sent again then.
			'retry'           => '1',
		) + $columns->reason( 'waits_for', __( 'The account of another user of this site has this address there yet. It is tried again once that has changed.', 'rudr-sync' ) );
	}

	/**
	 * The site does not hold it: the row stays dirty, with the reason.
	 *
	 * @param Link                 $link    The link.
	 * @param Person|null          $person  The user, if they are here.
	 * @param array<string, mixed> $outcome The outcome.
	 * @return array<string, string> SQL by column.
	 */
	private function failed( Link $link, ?Person $person, array $outcome ): array {
		$columns = new Link_Columns( $link );

		$due   = isset( $outcome['due'] ) ? (int) $outcome['due'] : null;
		$spent = empty( $outcome['spent'] ) ? 0 : 1;
		$retry = 'retry' === $outcome['status'];
		$when  = null === $due ? $columns->after_the_request() : Clock::ahead( $due );
		if ( null === $due && null === $link->remote_id ) {
			// Somebody's account was in the way: which it is, that site may have said meanwhile, where it follows to here.
			$when = "IF(remote_id IS NULL, {$when}, UTC_TIMESTAMP())";
		}
		$set = array(
			'due_at'   => $columns->if_same( $when, 'due_at' ),
			'attempts' => 'attempts + ' . $spent,
			'failing'  => 'failing + ' . $spent * (int) $due,
		);

		$set += $this->stays_held( $link, $outcome ) ? array() : $columns->reason( $outcome['code'] ?? $outcome['status'], $outcome['message'] ?? null );

		$set += empty( $outcome['forget'] ) ? $columns->base( $outcome ) + $columns->tried( $outcome ) : Link_Columns::NOTHING_IN_DOUBT;
		$set += $columns->used_up( $outcome );
		$set += $this->is_lost( $link, $person, $outcome ) ? $columns->erase_secret() : array();
		if ( $retry && 0 === $due && ! $spent && 'site' !== ( $outcome['scope'] ?? 'job' ) ) {
			// All that was to be found out was found out: the same holder goes on.
			return $set;
		}
		// Only a no can turn into a yes by what has changed since.
		return $set + ( $retry ? Link_Columns::NO_LEASE : $columns->lease_if_changed() );
	}

	/**
	 * Whether what is held still is: it was looked at again, and whatever was in the way says nothing of it.
	 *
	 * @param Link                 $link    The link.
	 * @param array<string, mixed> $outcome The outcome.
	 */
	private function stays_held( Link $link, array $outcome ): bool {
		return $link->is_held() && 'retry' === $outcome['status'] && Links::HELD !== ( $outcome['code'] ?? null ) && empty( $outcome['forget'] );
	}

	/**
	 * Whether the password that waits has nobody to go to any more. Not at every no: a person may mend what is wrong and say
	 * *Retry*.
	 *
	 * @param Link                 $link    The link.
	 * @param Person|null          $person  The user, if they are here.
	 * @param array<string, mixed> $outcome The outcome.
	 */
	private function is_lost( Link $link, ?Person $person, array $outcome ): bool {
		if ( 'rejected' !== $outcome['status'] ) {
			return $link->removed && ! $person && 'waits_for' !== ( $outcome['code'] ?? null );
		}
		return ! $person
			|| ( 'gone' === $outcome['code'] && empty( $outcome['forget'] ) )
			|| ( Links::PRIVILEGED === $outcome['code'] && $person->privileged )
			|| ( null === $link->remote_id && in_array( $outcome['code'], self::NOT_THEIRS, true ) );
	}

	/**
	 * Changes the row while the lease is ours.
	 *
	 * @param Link                  $link      The link.
	 * @param string                $lease     Token.
	 * @param array<string, string> $set       SQL by column, in the order in which MySQL is to set them.
	 * @param string                $condition Prepared SQL: on what condition else, from its AND on.
	 * @return bool Whether it was changed.
	 */
	private function update( Link $link, string $lease, array $set, string $condition = '' ): bool {
		global $wpdb;
		return (bool) $this->links->write(
			"UPDATE {$this->links->table} SET " . Links::assignments( $set )
			. $wpdb->prepare( ' WHERE site = %s AND user_id = %d AND lease = %s', $link->site, $link->user_id, $lease ) . $condition
		);
	}
}
