<?php
/**
 * Brings an account in step.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The steps of a 'put' whose account is known, in an order in which each can be repeated, and after none of which somebody has
 * more than they are to have: texts, meta, password, roles. Only what differs is written.
 */
final class In_Step {

	/**
	 * What it works with.
	 *
	 * @param Received_Request  $request  The request.
	 * @param Receiver_Settings $settings The rules.
	 * @param Received          $received Whose accounts came from where.
	 * @param Accounts          $accounts The accounts.
	 * @param Account_Fields    $fields   Writes their rows.
	 * @param Account_Meta      $meta     Writes their meta.
	 * @param Account_Roles     $roles    Writes their roles.
	 * @param Hash_Kinds        $hashes   Which hashes can be checked.
	 * @param Silence           $silence  Who gets no mail.
	 */
	public function __construct(
		private readonly Received_Request $request,
		private readonly Receiver_Settings $settings,
		private readonly Received $received,
		private readonly Accounts $accounts,
		private readonly Account_Fields $fields,
		private readonly Account_Meta $meta,
		private readonly Account_Roles $roles,
		private readonly Hash_Kinds $hashes,
		private readonly Silence $silence
	) {
	}

	/**
	 * Does it.
	 *
	 * @param Received_Job          $job     The job.
	 * @param Received_Row          $row     Its row, claimed.
	 * @param \WP_User              $user    The account.
	 * @param array<string, string> $refused Fields that were refused already, with codes.
	 * @return array<string, mixed> The outcome.
	 */
	public function bring( Received_Job $job, Received_Row $row, \WP_User $user, array $refused = array() ): array {
		$is_new = 'own' === $row->trust && ! $row->complete;
		$this->silence->spare( $user->user_email, $job->texts['user_email'] ?? '' );

		$texts = array_diff_key( Account_Fields::acceptable( $job->texts, $refused ), $refused );
		foreach ( $texts as $field => $text ) {
			$texts[ $field ] = $this->fresh( $job, $field, Held::digest( Account_Fields::held( $user, $field ) ), Held::digest( $text ), $refused ) ? $text : null;
		}
		$meta = $this->meta->acceptable( $job->meta, $refused );
		foreach ( $meta as $key => $value ) {
			if ( ! $this->fresh( $job, "meta_input.$key", Held::digest( Account_Meta::held( $user->ID, (string) $key ) ), Held::digest( $value ), $refused ) ) {
				unset( $meta[ $key ] );
			}
		}
		$texts                    = array_filter( $texts, 'is_string' );
		list( $hash, $password ) = $this->password( $job, $user, $is_new, $refused );
		$changed                  = $texts || $meta || null !== $hash || null !== $password;

		// An account that is new gets its password only after all else: one write less for those that are not.
		$error = $this->fields->write( $user, $texts, $is_new ? null : $hash, $is_new ? null : $password, $refused );
		if ( $error ) {
			return Job_Outcome::rejected( (string) $error->get_error_code(), wp_strip_all_tags( $error->get_error_message() ), $user->ID );
		}
		if ( 'existing_user_email' === ( $refused['user_email'] ?? '' ) && $this->is_held_by_source( $job->texts['user_email'] ) ) {
			// An address that moved from one user to another, who has not let go of it here yet.
			$refused['user_email'] = 'waits_for';
		}
		$this->meta->write( $user->ID, $meta );
		if ( $is_new ) {
			$this->fields->set_first_password( $user, $hash, $password );
		}

		$user = $this->accounts->get( $user->ID );
		if ( ! $user ) {
			return Job_Outcome::retry( 'taken', 'The account was removed at this moment.', 1 );
		}
		if ( Suspension::is( $user ) ) {
			// By another site, which has removed them: it stays without roles until that site or an administrator here says otherwise.
			$refused += null === $job->roles ? array() : array( 'roles' => 'suspended' );
		} elseif ( null !== $job->roles || $is_new || ! Accounts::is_member( $user->ID ) ) {
			$changed = $this->give_roles( $job, $user, $is_new, $refused ) || $changed;
			$user    = $this->accounts->get( $user->ID ) ?? $user;
		}
		if ( null !== $hash && $user->user_pass !== $hash ) {
			$refused['user_pass_hash'] = 'not_stored';
		}

		$held   = $this->held( $job, $user, $refused );
		$sent   = self::sent( $job, $refused );
		$others = self::others( $sent, $held, $refused );
		if ( isset( $sent['roles'] ) && ! isset( $others['roles'] ) ) {
			// What others the account has are not that site's to know.
			$sent['roles'] = Held::digest_set( $user->roles );
		}
		/**
		 * Fires when an account has been brought in step with what another site says of it. Whoever follows the other way
		 * notes what that site has, and sends what is here where that is something else.
		 *
		 * @param int                   $id      The account.
		 * @param string                $source  The other site's uuid.
		 * @param array<string, string> $sent    Digests of what that site has, by field. Of what was refused only what is `stale`.
		 * @param int                   $user_id Its id on the other site.
		 * @param array<string, string> $others  Of these the fields of which the account holds something else: `stale`, since it has
		 *                                       changed here; or `altered`, by something here.
		 */
		do_action( 'rudr_sync_received', $user->ID, $row->source, $sent, $row->user_id, $others );

		$status = $changed ? 'updated' : 'unchanged';
		if ( $is_new || ( 'own' === $row->trust && null === $job->remote_id ) ) {
			$status = 'created';
		}
		return Job_Outcome::done( $status, $user, (string) $row->trust, $held, $refused );
	}

	/**
	 * Whether the account with an address is another user's of the same source.
	 *
	 * @param string $email The address.
	 */
	private function is_held_by_source( string $email ): bool {
		$this->accounts->forget();
		foreach ( $this->accounts->with_email( $email ) as $id ) {
			if ( isset( $this->received->holders( $id )[ $this->request->source ] ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a field is to be written: not what is so already, and not what has changed here since the source last wrote it,
	 * unless the source is right whatever has.
	 *
	 * @param Received_Job          $job     The job.
	 * @param string                $field   The field.
	 * @param string                $now     Digest of what it holds.
	 * @param string                $wanted  Digest of what it is to hold.
	 * @param array<string, string> $refused `stale` is added.
	 */
	private function fresh( Received_Job $job, string $field, string $now, string $wanted, array &$refused ): bool {
		if ( $now === $wanted ) {
			return false;
		}
		$sender_is_right = $this->request->authority && ! $this->settings->is_authority();
		if ( isset( $job->held[ $field ] ) && $job->held[ $field ] !== $now && ! $sender_is_right ) {
			$refused[ $field ] = 'stale';
			return false;
		}
		return true;
	}

	/**
	 * What to store for a password: a hash if this site can check it, else the password, else nothing.
	 *
	 * @param Received_Job          $job     The job.
	 * @param \WP_User              $user    The account.
	 * @param bool                  $is_new  Whether it is new.
	 * @param array<string, string> $refused `hash_unsupported` or `stale` is added.
	 * @return array{?string, ?string} Hash, password.
	 */
	private function password( Received_Job $job, \WP_User $user, bool $is_new, array &$refused ): array {
		$hash     = $job->hash;
		$password = $job->password;
		if ( null !== $hash && ! $this->hashes->fits( $hash ) ) {
			$hash = null;
			if ( null === $password ) {
				$refused['user_pass_hash'] = 'hash_unsupported';
			}
		}
		if ( ( null === $hash && null === $password ) || $hash === $user->user_pass ) {
			return array( null, null );
		}
		$now = Held::password( $user->ID, $user->user_pass );
		if ( ! $is_new && ! $this->fresh( $job, 'user_pass_hash', $now, '', $refused ) ) {
			return array( null, null );
		}
		return array( $hash, null === $hash ? $password : null );
	}

	/**
	 * The last step.
	 *
	 * @param Received_Job          $job     The job.
	 * @param \WP_User              $user    The account.
	 * @param bool                  $is_new  Whether it is new.
	 * @param array<string, string> $refused Added to.
	 * @return bool Whether anything was changed.
	 */
	private function give_roles( Received_Job $job, \WP_User $user, bool $is_new, array &$refused ): bool {
		$wanted = $this->roles->acceptable( $job, $refused );
		if ( null === $job->roles ) {
			// Who is new here has the site's own role for that, if it may be given.
			$default = array( (string) get_option( 'default_role' ) );
			$wanted  = array_intersect( array_merge( $this->roles->held( $user ), $user->roles ? array() : $default ), $this->roles->managed() );
		} elseif ( ! $is_new && ! $this->fresh( $job, 'roles', Held::digest_set( $this->roles->held( $user ) ), Held::digest_set( $wanted ), $refused ) ) {
			$wanted = $this->roles->held( $user );
		}
		return $this->roles->give( $user, $wanted, $refused );
	}

	/**
	 * Digests of what the account holds of what was sent. Of what is stale the source learns from the other direction.
	 *
	 * @param Received_Job          $job     The job.
	 * @param \WP_User              $user    The account.
	 * @param array<string, string> $refused Codes by field.
	 * @return array<string, string>
	 */
	private function held( Received_Job $job, \WP_User $user, array $refused ): array {
		$held = array();
		foreach ( array_keys( $job->texts ) as $field ) {
			$held[ $field ] = Held::digest( Account_Fields::held( $user, $field ) );
		}
		foreach ( array_keys( $job->meta ) as $key ) {
			if ( 'meta_not_allowed' !== ( $refused[ "meta_input.$key" ] ?? '' ) ) {
				$held[ "meta_input.$key" ] = Held::digest( Account_Meta::held( $user->ID, (string) $key ) );
			}
		}
		if ( null !== $job->roles ) {
			$held['roles'] = Held::digest_set( $this->roles->held( $user ) );
		}
		if ( null !== $job->hash || null !== $job->password ) {
			$held['user_pass_hash'] = Held::password( $user->ID, $user->user_pass );
		}
		return array_diff_key( $held, array_filter( $refused, static fn( string $code ): bool => 'stale' === $code ) );
	}

	/**
	 * Digests of what was sent; for a password what stands for it on the source, if that was said. None of what cannot be here.
	 *
	 * @param Received_Job          $job     The job.
	 * @param array<string, string> $refused Codes by field.
	 * @return array<string, string>
	 */
	private static function sent( Received_Job $job, array $refused ): array {
		$sent = array_map( array( Held::class, 'digest' ), $job->texts );
		foreach ( $job->meta as $key => $value ) {
			$sent[ "meta_input.$key" ] = Held::digest( $value );
		}
		if ( null !== $job->roles ) {
			$sent['roles'] = Held::digest_set( $job->roles );
		}
		if ( null !== $job->hash || null !== $job->password ) {
			$sent['user_pass_hash'] = (string) $job->mark;
		}
		return array_diff_key( $sent, array_filter( $refused, static fn( string $code ): bool => 'stale' !== $code ) );
	}

	/**
	 * The fields of which the account holds something else than was sent. What stands for a password says nothing of that.
	 *
	 * @param array<string, string> $sent    Digests of what was sent.
	 * @param array<string, string> $held    Digests of what the account holds.
	 * @param array<string, string> $refused Codes by field.
	 * @return array<string, string> `stale` or `altered`.
	 */
	private static function others( array $sent, array $held, array $refused ): array {
		$others = array_intersect_key( $refused, $sent );
		foreach ( array_diff_key( $sent, $others ) as $field => $digest ) {
			if ( 'user_pass_hash' !== $field && $digest !== $held[ $field ] ) {
				$others[ $field ] = 'altered';
			}
		}
		return $others;
	}
}
