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
 * Turns the extension's outcomes into rows. It keeps what it is told; only who holds the row, and whether the user has
 * changed meanwhile, is judged here, and that in the statement itself.
 *
 * A row whose lease is kept is gone over again by Delivery in the same run.
 */
final class Write_Back {

	/** Seconds until a user whose account another user's link still holds is tried again. */
	private const WAIT_FOR_LINK = 60;

	/** The condition that a request is at work on the user. */
	private const UNSETTLED = 'COALESCE(unsettled_until > UTC_TIMESTAMP(), 0)';

	/** The password was not sent because nobody could open it: it waits for its key. */
	private const KEY_TROUBLES = array( 'key_missing', 'key_lost' );

	/** No create is without its answer any more. */
	private const NOTHING_IN_DOUBT = array(
		'tried_at'   => 'NULL',
		'tried_last' => 'NULL',
	);

	/** The lease is given back. */
	private const NO_LEASE = array(
		'lease_until' => 'NULL',
		'lease'       => 'NULL',
	);

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
	 * @param array<string, mixed> $outcome The outcome.
	 * @param string               $lease   Token under which it was read.
	 */
	public function take( Link $link, array $outcome, string $lease ): void {
		$status = $outcome['status'];
		if ( in_array( $status, array( 'deleted', 'absent', 'unlinked' ), true ) ) {
			$this->forget( $link, $lease );
			return;
		}
		if ( ! $this->note_account( $link, $outcome, $lease ) ) {
			$this->failed( $link, $this->waits_for( $outcome ), $lease );
			return;
		}
		match ( $status ) {
			'found' => $this->found( $link, $outcome, $lease ),
			'created', 'updated', 'unchanged' => $this->in_step( $link, $outcome, $lease ),
			default => $this->failed( $link, $outcome, $lease ),
		};
	}

	/**
	 * The user is missing and nobody has marked a removal: for a person to look at.
	 *
	 * @param Link   $link  The link.
	 * @param string $lease Token.
	 */
	public function vanished( Link $link, string $lease ): void {
		$outcome = array(
			'status'  => 'rejected',
			'code'    => 'vanished',
			'message' => __( 'The user is no longer here, but WordPress was never asked to remove them. Their account on the other site is left as it is.', 'rudr-sync' ),
		);
		$this->failed( $link, $outcome, $lease );
	}

	/**
	 * A removal was announced, but the user is still here.
	 *
	 * @param Link   $link  The link.
	 * @param string $lease Token.
	 */
	public function was_not_removed( Link $link, string $lease ): void {
		$this->update(
			$link,
			$lease,
			array(
				'want'     => $this->text( Links::PRESENT ),
				'login'    => 'NULL',
				'email'    => 'NULL',
				'reassign' => 'NULL',
			)
		);
	}

	/**
	 * Somebody's filter says that this user does not follow there. Nothing is sent, and nothing waits.
	 *
	 * @param Link   $link  The link.
	 * @param string $lease Token.
	 */
	public function left_out( Link $link, string $lease ): void {
		$set = array(
			'synced_revision' => 'IF(' . self::UNSETTLED . ", synced_revision, {$link->revision})",
			'due_at'          => $this->if_same( $link, 'IF(' . self::UNSETTLED . ', unsettled_until, NULL)', 'due_at' ),
			'attempts'        => '0',
			'failing'         => '0',
			'code'            => 'NULL',
			'message'         => 'NULL',
		);
		$this->update( $link, $lease, $set + $this->erase_secret( $link ) + $this->lease_if_changed( $link ) );
	}

	/**
	 * Keeps whose account is whose.
	 *
	 * @param Link                 $link    The link.
	 * @param array<string, mixed> $outcome The outcome.
	 * @param string               $lease   Token.
	 * @return bool False if another user's link holds that account.
	 */
	private function note_account( Link $link, array $outcome, string $lease ): bool {
		global $wpdb;

		if ( ! isset( $outcome['id'], $outcome['login'], $outcome['trust'] ) ) {
			return true;
		}
		// A holder whose lease ran out may still say where the account is: that it was made is true for ever.
		// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		$this->links->write(
			$wpdb->prepare(
				"UPDATE IGNORE {$this->links->table} SET remote_id = %d, remote_login = %s, trust = %s
				WHERE site = %s AND user_id = %d AND (lease = %s OR remote_id IS NULL)",
				$outcome['id'],
				$outcome['login'],
				$outcome['trust'],
				$link->site,
				$link->user_id,
				$lease
			)
		);
		$other = $wpdb->get_var(
			$wpdb->prepare(
				"SELECT user_id FROM {$this->links->table} WHERE site = %s AND remote_id = %d AND user_id <> %d",
				$link->site,
				$outcome['id'],
				$link->user_id
			)
		);
		// phpcs:enable
		if ( null !== $other ) {
			return false;
		}
		if ( ! $link->removed ) {
			Remote_Id_Meta::note( $link->site, $link->user_id, (int) $outcome['id'] );
		}
		return true;
	}

	/**
	 * The user's account is held by the link of another user, who has moved on or is about to be removed.
	 *
	 * @param array<string, mixed> $outcome The outcome.
	 * @return array<string, mixed>
	 */
	private function waits_for( array $outcome ): array {
		return array(
			'status'  => 'retry',
			'code'    => 'waits_for',
			/* translators: %s: a login on another site. */
			'message' => sprintf( __( 'The account "%s" there still belongs to another user of this site. It is tried again once that has changed.', 'rudr-sync' ), $outcome['login'] ),
			'due'     => self::WAIT_FOR_LINK,
		);
	}

	/**
	 * An account was found and is noted; the same holder goes on with it.
	 *
	 * @param Link                 $link    The link.
	 * @param array<string, mixed> $outcome The outcome.
	 * @param string               $lease   Token.
	 */
	private function found( Link $link, array $outcome, string $lease ): void {
		$this->update( $link, $lease, $this->base( $outcome ) + self::NOTHING_IN_DOUBT );
	}

	/**
	 * The site holds what was read. If the user has changed since, or is being changed, the row stays dirty.
	 *
	 * @param Link                 $link    The link.
	 * @param array<string, mixed> $outcome The outcome.
	 * @param string               $lease   Token.
	 */
	private function in_step( Link $link, array $outcome, string $lease ): void {
		// In step but for fields that the site would not take: told, and not tried again until they change.
		$code = empty( $outcome['refused'] ) ? null : 'refused';
		$text = null === $code ? null : (string) $outcome['message'];
		if ( Links::KEY_MISSING === $link->code && 'password_unknown' === ( $outcome['refused']['user_pass'] ?? '' ) ) {
			// What to do about it is said already.
			list( $code, $text ) = array( $link->code, $link->message );
		}
		$set     = array(
			'synced_revision' => 'IF(' . self::UNSETTLED . ", synced_revision, {$link->revision})",
			'synced_at'       => 'UTC_TIMESTAMP()',
			'due_at'          => $this->if_same( $link, 'IF(' . self::UNSETTLED . ', unsettled_until, NULL)', 'due_at' ),
			'attempts'        => '0',
			'failing'         => '0',
			'code'            => $this->text( $code ),
			'message'         => $this->text( $text ),
		);
		$set    += in_array( $outcome['refused']['user_pass'] ?? '', self::KEY_TROUBLES, true ) ? array() : $this->erase_secret( $link );
		$this->update( $link, $lease, $set + $this->base( $outcome ) + self::NOTHING_IN_DOUBT + $this->lease_if_changed( $link ) );
	}

	/**
	 * The site does not hold it: the row stays dirty, with the reason.
	 *
	 * @param Link                 $link    The link.
	 * @param array<string, mixed> $outcome The outcome.
	 * @param string               $lease   Token.
	 */
	private function failed( Link $link, array $outcome, string $lease ): void {
		$due   = isset( $outcome['due'] ) ? (int) $outcome['due'] : null;
		$spent = empty( $outcome['spent'] ) ? 0 : 1;
		$set   = array(
			'due_at'   => $this->if_same( $link, null === $due ? 'NULL' : Clock::ahead( $due ), 'due_at' ),
			'attempts' => 'attempts + ' . $spent,
			'failing'  => 'failing + ' . $spent * (int) $due,
			'code'     => $this->text( $link->was_privileged ? Links::PRIVILEGED : $outcome['code'] ?? $outcome['status'] ),
			'message'  => $this->text( $outcome['message'] ?? null ),
		) + $this->base( $outcome );

		// What was tried is kept only as long as a create may have worked unanswered: it makes an account there look like ours.
		$set += empty( $outcome['doubt'] ) ? self::NOTHING_IN_DOUBT : array();
		// Only a no can turn into a yes by what has changed since.
		$set += 'retry' === $outcome['status'] ? self::NO_LEASE : $this->lease_if_changed( $link );
		// Nothing is going to be tried: a password that waits for it is not kept for nothing.
		$set += null === $due ? $this->erase_secret( $link ) : array();
		$this->update( $link, $lease, $set );
	}

	/**
	 * The account there is gone or let go: so is the link.
	 *
	 * @param Link   $link  The link.
	 * @param string $lease Token.
	 */
	private function forget( Link $link, string $lease ): void {
		global $wpdb;
		$wpdb->delete(
			$this->links->table,
			array(
				'site'    => $link->site,
				'user_id' => $link->user_id,
				'lease'   => $lease,
			),
			array( '%s', '%d', '%s' )
		);
	}

	/**
	 * The lease is given back, unless the user has changed since the row was read and nobody is at work on them.
	 *
	 * @param Link $link The link.
	 * @return array<string, string>
	 */
	private function lease_if_changed( Link $link ): array {
		return array(
			'lease_until' => $this->if_same( $link, 'NULL', 'IF(' . self::UNSETTLED . ', NULL, lease_until)' ),
			'lease'       => $this->if_same( $link, 'NULL', 'IF(' . self::UNSETTLED . ', NULL, lease)' ),
		);
	}

	/**
	 * SQL that depends on whether the row has been marked since it was read.
	 *
	 * @param Link   $link      The link.
	 * @param string $same      If not.
	 * @param string $different If so.
	 */
	private function if_same( Link $link, string $same, string $different ): string {
		return "IF(revision = {$link->revision}, {$same}, {$different})";
	}

	/**
	 * Erases the password that was used; one that was sealed meanwhile stays.
	 *
	 * @param Link $link The link.
	 * @return array<string, string>
	 */
	private function erase_secret( Link $link ): array {
		return null === $link->secret ? array() : array( 'secret' => 'IF(secret = ' . $this->text( $link->secret ) . ', NULL, secret)' );
	}

	/**
	 * Sets the base, if the outcome has one.
	 *
	 * @param array<string, mixed> $outcome The outcome.
	 * @return array<string, string>
	 */
	private function base( array $outcome ): array {
		return isset( $outcome['base'] ) ? array( 'base' => $this->text( $outcome['base'] ) ) : array();
	}

	/**
	 * A string or NULL in SQL.
	 *
	 * @param string|null $text The string.
	 */
	private function text( ?string $text ): string {
		global $wpdb;
		return null === $text ? 'NULL' : $wpdb->prepare( '%s', $text );
	}

	/**
	 * Changes the row while the lease is ours.
	 *
	 * @param Link                  $link  The link.
	 * @param string                $lease Token.
	 * @param array<string, string> $set   SQL by column, in the order in which MySQL is to set them.
	 */
	private function update( Link $link, string $lease, array $set ): void {
		global $wpdb;
		$list = array();
		foreach ( $set as $column => $sql ) {
			$list[] = $column . ' = ' . $sql;
		}
		$this->links->write(
			"UPDATE {$this->links->table} SET " . implode( ', ', $list )
			. $wpdb->prepare( ' WHERE site = %s AND user_id = %d AND lease = %s', $link->site, $link->user_id, $lease )
		);
	}
}
