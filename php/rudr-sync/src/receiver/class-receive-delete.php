<?php
/**
 * Removes an account.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A job 'delete'. What it means is this site's to say: remove, suspend or leave. Only the source that made an account removes
 * it; others are unlinked. That the user is gone is remembered, so that a job that was late does not bring them back.
 */
final class Receive_Delete {

	/**
	 * What it works with.
	 *
	 * @param Received_Request  $request  The request.
	 * @param Receiver_Settings $settings The rules.
	 * @param Received          $received Whose accounts came from where.
	 * @param Accounts          $accounts The accounts.
	 * @param Silence           $silence  Who gets no mail.
	 */
	public function __construct(
		private readonly Received_Request $request,
		private readonly Receiver_Settings $settings,
		private readonly Received $received,
		private readonly Accounts $accounts,
		private readonly Silence $silence
	) {
	}

	/**
	 * Does it.
	 *
	 * @param Received_Job $job The job.
	 * @param Received_Row $row Its row, claimed.
	 * @return array<string, mixed> The outcome.
	 */
	public function do( Received_Job $job, Received_Row $row ): array {
		if ( null === $row->local_id && ! $row->is_gone && null !== $job->remote_id && null !== $job->remote_login ) {
			$this->believe( $job, $row );
			if ( null === $row->local_id && $this->accounts->get( $job->remote_id ) ) {
				$this->received->bury( $row );
				return Job_Outcome::over( 'unlinked', 'Nothing is known there of the source having made that account: it stays as it is.' );
			}
		}
		$user = null === $row->local_id ? $this->unfinished( $job, $row ) : $this->accounts->get( $row->local_id );
		if ( ! $user || $row->is_gone || ( $row->complete && ! Accounts::is_member( $user->ID ) ) ) {
			$this->received->bury( $row, $row->is_gone && $user );
			return Job_Outcome::over( 'absent' );
		}
		if ( ! $job->means( $user ) ) {
			return Job_Outcome::identity_mismatch();
		}
		if ( Powers::has( $user ) ) {
			return Job_Outcome::privileged( $user );
		}
		if ( ! $this->may_remove( $row, $user ) || 'leave' === $this->settings->removal() ) {
			$this->received->bury( $row );
			return Job_Outcome::over( 'unlinked', 'The account stays as it is.' );
		}
		$this->silence->spare( $user->user_email );
		if ( 'suspend' === $this->settings->removal() ) {
			Suspension::of( $user );
			$this->received->bury( $row, true );
			$this->tell( $row, $user );
			return Job_Outcome::over( 'deleted', 'The account is suspended.' );
		}
		return $this->remove( $job, $row, $user );
	}

	/**
	 * An account that was being made when a request was cut off, and that no row holds yet.
	 *
	 * @param Received_Job $job The job.
	 * @param Received_Row $row Its row, claimed.
	 */
	private function unfinished( Received_Job $job, Received_Row $row ): ?\WP_User {
		$id = $this->accounts->with_mark( $job->login, $job->texts['user_email'] ?? '', $row->mark() );
		return null !== $id && $this->received->link( $row, $id, 'own' ) ? $this->accounts->get( $id ) : null;
	}

	/**
	 * The source has a link to an account that the receiver knows nothing of, from before it was here. It may remove it if this
	 * site's administrator believes such claims.
	 *
	 * @param Received_Job $job The job.
	 * @param Received_Row $row Its row, claimed.
	 */
	private function believe( Received_Job $job, Received_Row $row ): void {
		$user = $this->accounts->get( (int) $job->remote_id );
		if ( $user && 'own' === $job->trust && $this->settings->believes_claims()
			&& $job->means( $user )
			&& Accounts::is_same_email( $user->user_email, $job->texts['user_email'] ?? '' )
			&& ! $this->received->holders( $user->ID ) ) {
			$this->received->link( $row, $user->ID, 'own' );
		}
	}

	/**
	 * Whether the account is this source's to remove.
	 *
	 * @param Received_Row $row  Its row.
	 * @param \WP_User     $user The account.
	 */
	private function may_remove( Received_Row $row, \WP_User $user ): bool {
		if ( 'never' === $this->request->remove ) {
			return false;
		}
		if ( 'own' === $row->trust ) {
			return true;
		}
		return 'all' === $this->request->remove && array( $row->source ) === array_keys( $this->received->holders( $user->ID ) );
	}

	/**
	 * Removes it.
	 *
	 * @param Received_Job $job  The job.
	 * @param Received_Row $row  Its row, claimed.
	 * @param \WP_User     $user The account.
	 * @return array<string, mixed> The outcome.
	 */
	private function remove( Received_Job $job, Received_Row $row, \WP_User $user ): array {
		$heir = $job->heir ?? get_current_user_id();
		if ( $heir > 0 && ( $heir === $user->ID || ! $this->accounts->get( $heir ) || ! Accounts::is_member( $heir ) ) ) {
			return Job_Outcome::rejected( 'invalid_heir', "Account #{$heir}, which is to inherit the content, is not there." );
		}
		require_once ABSPATH . 'wp-admin/includes/user.php';
		require_once ABSPATH . 'wp-admin/includes/bookmark.php';

		$done = wp_delete_user( $user->ID, $heir > 0 ? $heir : null );
		if ( $done && is_multisite() && $this->settings->deletes_from_network() && ! get_blogs_of_user( $user->ID, true ) ) {
			require_once ABSPATH . 'wp-admin/includes/ms.php';
			wpmu_delete_user( $user->ID );
		}
		if ( ! $done ) {
			return Job_Outcome::retry( 'not_removed', 'WordPress did not remove the account.', 15 );
		}
		$this->received->bury( $row );
		$this->tell( $row, $user );
		return Job_Outcome::over( 'deleted' );
	}

	/**
	 * Tells whoever follows the other way.
	 *
	 * @param Received_Row $row  Its row.
	 * @param \WP_User     $user The account.
	 */
	private function tell( Received_Row $row, \WP_User $user ): void {
		/**
		 * Fires when an account has been removed or suspended because another site says that the user is gone.
		 *
		 * @param int    $id      The account.
		 * @param string $source  The other site's uuid.
		 * @param int    $user_id Its id on the other site.
		 */
		do_action( 'rudr_sync_received_removal', $user->ID, $row->source, $row->user_id );
	}
}
