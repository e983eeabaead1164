<?php
/**
 * Finds whose account a put means.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A job 'put': reserve the user (Received), find the account that is theirs, or have it made (Newcomers), and bring it in step
 * (In_Step). Nobody is handed an account that is here already: see find().
 */
final class Receive_Put {

	/**
	 * What it works with.
	 *
	 * @param Received_Request  $request   The request.
	 * @param Receiver_Settings $settings  The rules.
	 * @param Received          $received  Whose accounts came from where.
	 * @param Accounts          $accounts  The accounts.
	 * @param Newcomers         $newcomers Makes who is not here.
	 * @param In_Step           $in_step   Makes an account what the job says.
	 */
	public function __construct(
		private readonly Received_Request $request,
		private readonly Receiver_Settings $settings,
		private readonly Received $received,
		private readonly Accounts $accounts,
		private readonly Newcomers $newcomers,
		private readonly In_Step $in_step
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
		if ( $this->request->recreate && null !== $job->remote_id && ! $this->accounts->get( $job->remote_id ) ) {
			// What the source's link means is gone, and another is wanted, or was made and the source has not heard of it.
			$job = $job->without_link();
		}
		$user = null === $row->local_id ? null : $this->accounts->get( $row->local_id );
		// Who has just been made is on no blog before the last step.
		if ( null !== $row->local_id && ( ! $user || ( $row->complete && ! $row->is_gone && ! Accounts::is_member( $user->ID ) ) ) ) {
			$this->received->bury( $row );
			$user = null;
		}
		if ( $row->is_gone && ! $this->request->recreate ) {
			return Job_Outcome::rejected( 'gone', 'The account was removed on that site. It is made anew only if that is asked for.' );
		}
		if ( ! $user ) {
			if ( $row->is_gone ) {
				$this->received->unbury( $row );
			}
			return $this->find( $job, $row );
		}

		if ( ! $job->means( $user ) ) {
			return Job_Outcome::identity_mismatch();
		}
		if ( Powers::has( $user ) ) {
			return Job_Outcome::privileged( $user );
		}
		if ( 'adopted' === $row->trust && null === $job->remote_id ) {
			return Job_Outcome::done( 'found', $user, 'adopted' );
		}
		if ( $row->is_gone ) {
			Suspension::lift( $user );
			$this->received->unbury( $row );
		}
		return $this->in_step->bring( $job, $row, $user );
	}

	/**
	 * There is no account of theirs yet: which may be taken over, or may one be made?
	 *
	 * @param Received_Job $job The job.
	 * @param Received_Row $row Its row, claimed.
	 * @return array<string, mixed> The outcome.
	 */
	private function find( Received_Job $job, Received_Row $row ): array {
		$email = $job->texts['user_email'] ?? '';
		if ( null !== $job->remote_id && null !== $job->remote_login ) {
			return $this->believe( $job, $row );
		}
		if ( null !== $job->remote_id ) {
			// Nobody has looked at it yet. An id that anybody may have noted decides nothing.
			$noted = $this->accounts->get( $job->remote_id );
			if ( $noted && Accounts::is_same_email( $noted->user_email, $email ) ) {
				return $this->adopt( $job, $row, $noted->ID );
			}
			if ( null !== $job->trust ) {
				return Job_Outcome::rejected( 'identity_mismatch', "Account #{$job->remote_id} is not there, or has another address." );
			}
		}
		if ( '' === $job->login || '' === $email ) {
			return Job_Outcome::rejected( 'incomplete', 'A user without login or email address cannot be made.' );
		}

		// A request that was cut off may have got that far.
		$made = $this->accounts->with_mark( $job->login, $email, $row->mark() );
		if ( null !== $made ) {
			return $this->newcomers->go_on( $job, $row, $made );
		}
		$there = $this->accounts->with_email( $email );
		if ( count( $there ) > 1 ) {
			return Job_Outcome::rejected( 'conflict', 'More than one account has that address on that site.' );
		}
		return $there ? $this->adopt( $job, $row, $there[0] ) : $this->newcomers->make( $job, $row, $email );
	}

	/**
	 * An account has that address. It is theirs if the address is, and nobody's before they have shown it.
	 *
	 * @param Received_Job $job The job.
	 * @param Received_Row $row Its row, claimed.
	 * @param int          $id  The account.
	 * @return array<string, mixed> The outcome.
	 */
	private function adopt( Received_Job $job, Received_Row $row, int $id ): array {
		$this->accounts->read( array( $id ) );
		$user = $this->accounts->get( $id );
		if ( ! $user ) {
			return Job_Outcome::retry( 'taken', 'An account with that address was removed at this moment.', 1 );
		}
		if ( Powers::has( $user ) ) {
			return Job_Outcome::privileged( $user );
		}
		$adopt = $this->settings->adopt( $this->request->adopt );
		if ( 'never' === $adopt ) {
			return Job_Outcome::rejected( 'conflict', "Account #{$id} has that address, and none is taken over there.", $id );
		}
		if ( 'proven' === $adopt && ! $job->proved ) {
			return Job_Outcome::rejected( 'unproven', "Account #{$id} has that address. It is taken over once the user has shown that the address is theirs.", $id );
		}
		return $this->take( $row, $user, 'adopted' )
			? Job_Outcome::done( 'found', $user, 'adopted' )
			: Job_Outcome::waits_for( $id );
	}

	/**
	 * Links an account. One that is suspended since the source has removed its user is free for who has registered there anew.
	 *
	 * @param Received_Row $row   The row, claimed.
	 * @param \WP_User     $user  The account.
	 * @param string       $trust Whose it is.
	 * @return bool Whether it is nobody else's of this source.
	 */
	private function take( Received_Row $row, \WP_User $user, string $trust ): bool {
		if ( $this->received->link( $row, $user->ID, $trust ) ) {
			return true;
		}
		if ( ! $this->received->let_go( $row->source, $user->ID ) ) {
			return false;
		}
		Suspension::lift( $user );
		return $this->received->link( $row, $user->ID, $trust );
	}

	/**
	 * The source has a link to an account that the receiver knows nothing of: it was made or taken over by core's REST, before
	 * the receiver was here. The source is believed if it knows login and address; but not that it made the account, unless
	 * this site's administrator says so: else it would be the source's to remove.
	 *
	 * @param Received_Job $job The job.
	 * @param Received_Row $row Its row, claimed.
	 * @return array<string, mixed> The outcome.
	 */
	private function believe( Received_Job $job, Received_Row $row ): array {
		$user = $this->accounts->get( (int) $job->remote_id );
		if ( ! $user || ! Accounts::is_member( $user->ID ) ) {
			$this->received->bury( $row );
			return Job_Outcome::rejected( 'gone', 'The account is not there any more.' );
		}
		if ( ! $job->means( $user ) ) {
			return Job_Outcome::identity_mismatch();
		}
		$is_theirs = Accounts::is_same_email( $user->user_email, $job->texts['user_email'] ?? '' )
			|| ( $job->held['user_email'] ?? '' ) === Held::digest( $user->user_email );
		if ( ! $is_theirs ) {
			return Job_Outcome::rejected( 'identity_mismatch', "Account #{$user->ID} has another address." );
		}
		if ( Powers::has( $user ) ) {
			return Job_Outcome::privileged( $user );
		}
		if ( 'never' === $this->settings->adopt( 'any' ) ) {
			return Job_Outcome::rejected( 'conflict', "Account #{$user->ID} was there before, and none is taken over there.", $user->ID );
		}
		$trust = 'own' === $job->trust && $this->settings->believes_claims() && ! $this->received->holders( $user->ID ) ? 'own' : 'adopted';
		return $this->take( $row, $user, $trust ) ? $this->in_step->bring( $job, $row, $user ) : Job_Outcome::waits_for( $user->ID );
	}
}
