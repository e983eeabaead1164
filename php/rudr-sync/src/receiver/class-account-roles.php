<?php
/**
 * Gives and takes roles.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Roles of an account on this blog. Only those that the source can give and this site allows are given and taken; what
 * others the account has stay.
 */
final class Account_Roles {

	/**
	 * The roles that are given and taken.
	 *
	 * @var string[]|null
	 */
	private ?array $managed = null;

	/**
	 * What this site allows, and what the source can give.
	 *
	 * @param Receiver_Settings $settings The rules.
	 * @param Received_Request  $request  The request.
	 */
	public function __construct( private readonly Receiver_Settings $settings, private readonly Received_Request $request ) {
	}

	/**
	 * The roles that are given and taken.
	 *
	 * @return string[]
	 */
	public function managed(): array {
		$allowed = $this->managed ?? $this->settings->roles();
		return $this->managed ??= array_values( null === $this->request->roles ? $allowed : array_intersect( $allowed, $this->request->roles ) );
	}

	/**
	 * Of the account's roles those that are given and taken.
	 *
	 * @param \WP_User $user The account.
	 * @return string[]
	 */
	public function held( \WP_User $user ): array {
		return array_values( array_intersect( $user->roles, $this->managed() ) );
	}

	/**
	 * What of the roles that a job asks for may be given.
	 *
	 * @param Received_Job          $job     The job.
	 * @param array<string, string> $refused A code if some may not; added to.
	 * @return string[]
	 */
	public function acceptable( Received_Job $job, array &$refused ): array {
		$wanted  = $job->roles ?? array();
		$allowed = array_values( array_intersect( $wanted, $this->managed() ) );
		foreach ( array_diff( $wanted, $allowed ) as $role ) {
			$refused['roles'] = wp_roles()->is_role( $role ) ? 'role_not_allowed' : 'invalid_role';
		}
		return $allowed;
	}

	/**
	 * Makes the account's roles these; the last thing that is done to an account.
	 *
	 * @param \WP_User              $user    The account.
	 * @param string[]              $wanted  Roles that may be given.
	 * @param array<string, string> $refused A code if they could not be given; added to.
	 * @return bool Whether there was anything to do.
	 */
	public function give( \WP_User $user, array $wanted, array &$refused ): bool {
		$before = $user->roles;
		$others = array_values( array_diff( $before, $this->managed() ) );
		$new    = array_values( array_diff( $wanted, $before ) );
		$old    = array_values( array_diff( $before, $others, $wanted ) );
		$joins  = ! Accounts::is_member( $user->ID );
		if ( ! $new && ! $old && ! $joins ) {
			return false;
		}
		if ( $joins ) {
			$joined = add_user_to_blog( get_current_blog_id(), $user->ID, (string) array_shift( $wanted ) );
			if ( is_wp_error( $joined ) ) {
				$refused['roles'] = (string) $joined->get_error_code();
				return false;
			}
			$user = new \WP_User( $user->ID );
			$new  = $wanted;
			$old  = array();
		} elseif ( ! $others && $new && count( $old ) === count( $before ) ) {
			// As the users screen does it.
			$user->set_role( (string) array_shift( $new ) );
			$old = array();
		}
		array_walk( $old, array( $user, 'remove_role' ) );
		array_walk( $new, array( $user, 'add_role' ) );

		// A plugin may give more with a role than the role says.
		$user = new \WP_User( $user->ID );
		if ( Powers::has( $user ) ) {
			array_map( array( $user, 'remove_role' ), array_diff( $user->roles, $others ) );
			$refused['roles'] = 'privileged';
		}
		return true;
	}
}
