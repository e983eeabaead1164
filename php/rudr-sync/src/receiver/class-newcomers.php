<?php
/**
 * Makes accounts for who is not here.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A 'put' of somebody for whom no account is here yet. It is made with no role and no password; only once it is known to be
 * theirs alone is it brought in step.
 */
final class Newcomers {

	/**
	 * What it works with.
	 *
	 * @param Received_Request $request  The request.
	 * @param Received         $received Whose accounts came from where.
	 * @param Accounts         $accounts The accounts.
	 * @param Account_Maker    $maker    Makes them.
	 * @param Account_Fields   $fields   Writes their rows.
	 * @param Silence          $silence  Who gets no mail.
	 * @param Time_Left        $time     How long all that may take.
	 * @param In_Step          $in_step  Makes an account what the job says.
	 */
	public function __construct(
		private readonly Received_Request $request,
		private readonly Received $received,
		private readonly Accounts $accounts,
		private readonly Account_Maker $maker,
		private readonly Account_Fields $fields,
		private readonly Silence $silence,
		private readonly Time_Left $time,
		private readonly In_Step $in_step
	) {
	}

	/**
	 * Makes an account.
	 *
	 * @param Received_Job $job   The job.
	 * @param Received_Row $row   Its row, claimed.
	 * @param string       $email The address.
	 * @return array<string, mixed> The outcome.
	 */
	public function make( Received_Job $job, Received_Row $row, string $email ): array {
		$refused = array();
		$texts   = Account_Fields::acceptable( $job->texts, $refused );
		if ( isset( $refused['user_email'] ) ) {
			return Job_Outcome::rejected( 'invalid_email', 'That site takes this for no email address.' );
		}
		// A network has small letters only.
		if ( 0 !== strcasecmp( sanitize_user( $job->login, true ), $job->login ) ) {
			return Job_Outcome::rejected( 'invalid_username', 'That site cannot have an account with this login.' );
		}
		$this->silence->spare( $email );
		$id = $this->maker->make( array( 'user_login' => $job->login ) + $texts, $row->mark(), $this->time, $refused );
		if ( is_wp_error( $id ) ) {
			return $this->not_made( $job, $id );
		}
		return $this->own( $job, $row, $id, $refused );
	}

	/**
	 * Goes on with an account that was being made when a request was cut off.
	 *
	 * @param Received_Job $job The job.
	 * @param Received_Row $row Its row, claimed.
	 * @param int          $id  The account.
	 * @return array<string, mixed> The outcome.
	 */
	public function go_on( Received_Job $job, Received_Row $row, int $id ): array {
		$refused = array();
		$texts   = Account_Fields::acceptable( $job->texts, $refused );
		$this->accounts->read( array( $id ) );
		$user = $this->accounts->get( $id );
		$this->silence->spare( (string) $user?->user_email );
		$error = $user ? $this->fields->write( $user, $texts, null, null, $refused ) : new \WP_Error( 'taken', 'It is gone.' );
		if ( $error ) {
			return $this->not_made( $job, $error );
		}
		$this->maker->tell( $user, array( 'user_login' => $job->login ) + $texts );
		return $this->own( $job, $row, $id, $refused );
	}

	/**
	 * Goes on with an account that was made for this user and has neither password nor role yet.
	 *
	 * @param Received_Job          $job     The job.
	 * @param Received_Row          $row     Its row, claimed.
	 * @param int                   $id      The account.
	 * @param array<string, string> $refused Fields that were refused already, with codes.
	 * @return array<string, mixed> The outcome.
	 */
	private function own( Received_Job $job, Received_Row $row, int $id, array $refused ): array {
		$user = $this->accounts->get( $id );
		if ( ! $user ) {
			return Job_Outcome::retry( 'taken', 'The account was removed at this moment.', 1 );
		}
		if ( null !== $this->accounts->elder_twin( $user ) ) {
			Accounts::remove( $id );
			return Job_Outcome::retry( 'taken', 'An account with that login or address was made at this moment.', 1 );
		}
		return $this->received->link( $row, $id, 'own' ) ? $this->in_step->bring( $job, $row, $user, $refused ) : Job_Outcome::waits_for( $id );
	}

	/**
	 * An account could not be made.
	 *
	 * @param Received_Job $job   The job.
	 * @param \WP_Error    $error Why.
	 * @return array<string, mixed> The outcome.
	 */
	private function not_made( Received_Job $job, \WP_Error $error ): array {
		$code = (string) $error->get_error_code();
		if ( 'existing_user_email' === $code ) {
			// Somebody was quicker; the rules for an account that is there are for the next look.
			$this->accounts->forget();
			return $this->accounts->with_email( $job->texts['user_email'] )
				? Job_Outcome::retry( 'taken', 'An account with that address was made at this moment.', 1 )
				: Job_Outcome::rejected( 'conflict', 'An account there has an address that the database takes for the same.' );
		}
		if ( 'existing_user_login' === $code ) {
			$other = get_user_by( 'login', $job->login );
			if ( $other && isset( $this->received->holders( $other->ID )[ $this->request->source ] ) ) {
				// Somebody was removed and registered anew, and the removal is yet to come.
				return Job_Outcome::waits_for( $other->ID );
			}
			return Job_Outcome::rejected( $code, 'An account with that login and another address is there.', $other ? $other->ID : null );
		}
		if ( in_array( $code, array( 'empty_data', 'db_insert_error', 'taken' ), true ) ) {
			return Job_Outcome::retry( $code, wp_strip_all_tags( $error->get_error_message() ), 15 );
		}
		return Job_Outcome::rejected( $code, wp_strip_all_tags( $error->get_error_message() ) );
	}
}
