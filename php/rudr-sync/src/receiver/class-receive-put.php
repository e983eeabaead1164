<?php
/**
 * Makes an account what the source says.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A job 'put'. Its steps are in an order in which each can be repeated, and after none of them somebody has more than they
 * are to have: reserve the user (Received), make the account with no role and no password, its texts, its meta, its password,
 * its roles. Nobody is handed an account that is here already: see find().
 */
final class Receive_Put {

	/**
	 * What it works with.
	 *
	 * @param Received_Request  $request  The request.
	 * @param Receiver_Settings $settings The rules.
	 * @param Received          $received Whose accounts came from where.
	 * @param Accounts          $accounts The accounts.
	 * @param Account_Maker     $maker    Makes them.
	 * @param Account_Fields    $fields   Writes their rows.
	 * @param Account_Meta      $meta     Writes their meta.
	 * @param Account_Roles     $roles    Writes their roles.
	 * @param Hash_Kinds        $hashes   Which hashes can be checked.
	 * @param Silence           $silence  Who gets no mail.
	 * @param Time_Left         $time     How long all that may take.
	 */
	public function __construct(
		private readonly Received_Request $request,
		private readonly Receiver_Settings $settings,
		private readonly Received $received,
		private readonly Accounts $accounts,
		private readonly Account_Maker $maker,
		private readonly Account_Fields $fields,
		private readonly Account_Meta $meta,
		private readonly Account_Roles $roles,
		private readonly Hash_Kinds $hashes,
		private readonly Silence $silence,
		private readonly Time_Left $time
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
		if ( $row->is_gone ) {
			if ( ! $this->request->recreate ) {
				return Job_Outcome::rejected( 'gone', 'The account was removed on that site. It is made anew only if that is asked for.' );
			}
			if ( $user ) {
				Suspension::lift( $user );
			}
			$this->received->unbury( $row );
		}
		if ( ! $user ) {
			return $this->find( $job, $row );
		}

		$mismatch = $this->mismatch( $job, $user );
		if ( null !== $mismatch ) {
			return $mismatch;
		}
		if ( Powers::has( $user ) ) {
			return self::privileged( $user );
		}
		if ( 'adopted' === $row->trust && null === $job->remote_id ) {
			return Job_Outcome::done( 'found', $user, 'adopted' );
		}
		return $this->apply( $job, $row, $user );
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
			return $this->go_on( $job, $row, $made );
		}
		$there = $this->accounts->with_email( $email );
		if ( count( $there ) > 1 ) {
			return Job_Outcome::rejected( 'conflict', 'More than one account has that address on that site.' );
		}
		return $there ? $this->adopt( $job, $row, $there[0] ) : $this->make( $job, $row, $email );
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
			return self::privileged( $user );
		}
		$adopt = $this->settings->adopt( $this->request->adopt );
		if ( 'never' === $adopt ) {
			return Job_Outcome::rejected( 'conflict', "Account #{$id} has that address, and none is taken over there.", $id );
		}
		if ( 'proven' === $adopt && ! $job->proved ) {
			return Job_Outcome::rejected( 'unproven', "Account #{$id} has that address. It is taken over once the user has shown that the address is theirs.", $id );
		}
		return $this->received->link( $row, $id, 'adopted' )
			? Job_Outcome::done( 'found', $user, 'adopted' )
			: self::waits_for( $id );
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
		$mismatch = $this->mismatch( $job, $user );
		if ( null !== $mismatch ) {
			return $mismatch;
		}
		$is_theirs = Accounts::is_same_email( $user->user_email, $job->texts['user_email'] ?? '' )
			|| ( $job->held['user_email'] ?? '' ) === Held::digest( $user->user_email );
		if ( ! $is_theirs ) {
			return Job_Outcome::rejected( 'identity_mismatch', "Account #{$user->ID} has another address by now." );
		}
		if ( Powers::has( $user ) ) {
			return self::privileged( $user );
		}
		if ( 'never' === $this->settings->adopt( 'any' ) ) {
			return Job_Outcome::rejected( 'conflict', "Account #{$user->ID} was there before, and none is taken over there.", $user->ID );
		}
		$trust = 'own' === $job->trust && $this->settings->believes_claims() && ! $this->received->holders( $user->ID ) ? 'own' : 'adopted';
		return $this->received->link( $row, $user->ID, $trust ) ? $this->apply( $job, $row, $user ) : self::waits_for( $user->ID );
	}

	/**
	 * Makes an account.
	 *
	 * @param Received_Job $job   The job.
	 * @param Received_Row $row   Its row, claimed.
	 * @param string       $email The address.
	 * @return array<string, mixed> The outcome.
	 */
	private function make( Received_Job $job, Received_Row $row, string $email ): array {
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
			require_once ABSPATH . 'wp-admin/includes/user.php';
			require_once ABSPATH . 'wp-admin/includes/ms.php';
			is_multisite() ? wpmu_delete_user( $id ) : wp_delete_user( $id );
			return Job_Outcome::retry( 'taken', 'An account with that login or address was made at this moment.', 1 );
		}
		return $this->received->link( $row, $id, 'own' ) ? $this->apply( $job, $row, $user, $refused ) : self::waits_for( $id );
	}

	/**
	 * Goes on with an account that was being made when a request was cut off.
	 *
	 * @param Received_Job $job The job.
	 * @param Received_Row $row Its row, claimed.
	 * @param int          $id  The account.
	 * @return array<string, mixed> The outcome.
	 */
	private function go_on( Received_Job $job, Received_Row $row, int $id ): array {
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
	 * Brings an account of theirs in step.
	 *
	 * @param Received_Job          $job     The job.
	 * @param Received_Row          $row     Its row, claimed.
	 * @param \WP_User              $user    The account.
	 * @param array<string, string> $refused Fields that were refused already, with codes.
	 * @return array<string, mixed> The outcome.
	 */
	private function apply( Received_Job $job, Received_Row $row, \WP_User $user, array $refused = array() ): array {
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
		if ( null !== $job->roles || $is_new || ! Accounts::is_member( $user->ID ) ) {
			$changed = $this->give_roles( $job, $user, $is_new, $refused ) || $changed;
			$user    = $this->accounts->get( $user->ID ) ?? $user;
		}
		if ( null !== $hash && $user->user_pass !== $hash ) {
			$refused['user_pass_hash'] = 'not_stored';
		}

		$held = $this->held( $job, $user, $refused );
		/**
		 * Fires when an account has been brought in step with what another site says of it. Whoever follows the other way
		 * notes that it is in step.
		 *
		 * @param int                   $id      The account.
		 * @param string                $source  The other site's uuid.
		 * @param array<string, string> $held    Digests of what the account now holds, by field.
		 * @param int                   $user_id Its id on the other site.
		 */
		do_action( 'rudr_sync_received', $user->ID, $row->source, $held, $row->user_id );

		$status = $changed ? 'updated' : 'unchanged';
		if ( $is_new || ( 'own' === $row->trust && null === $job->remote_id ) ) {
			$status = 'created';
		}
		return Job_Outcome::done( $status, $user, (string) $row->trust, $held, $refused, self::tell( $refused ) );
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
	 * Whether the account is another than the source means.
	 *
	 * @param Received_Job $job  The job.
	 * @param \WP_User     $user The account.
	 * @return array<string, mixed>|null The outcome if so.
	 */
	private function mismatch( Received_Job $job, \WP_User $user ): ?array {
		$is_other = ( null !== $job->remote_id && $job->remote_id !== $user->ID )
			|| ( null !== $job->remote_login && $job->remote_login !== $user->user_login )
			|| ( null !== $job->registered && strtotime( $job->registered ) !== strtotime( Job_Outcome::registered( $user ) ) );
		return $is_other ? Job_Outcome::rejected( 'identity_mismatch', 'The account there is not the one that the link means.' ) : null;
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
				return self::waits_for( $other->ID );
			}
			return Job_Outcome::rejected( $code, 'An account with that login and another address is there.', $other ? $other->ID : null );
		}
		if ( in_array( $code, array( 'empty_data', 'db_insert_error', 'taken' ), true ) ) {
			return Job_Outcome::retry( $code, wp_strip_all_tags( $error->get_error_message() ), 15 );
		}
		return Job_Outcome::rejected( $code, wp_strip_all_tags( $error->get_error_message() ) );
	}

	/**
	 * The account is nobody's to change from outside.
	 *
	 * @param \WP_User $user The account.
	 * @return array<string, mixed> The outcome.
	 */
	private static function privileged( \WP_User $user ): array {
		return Job_Outcome::rejected( 'privileged', "Account #{$user->ID} may edit users, options or code there: it is left alone.", $user->ID );
	}

	/**
	 * Another user of the same source holds the account.
	 *
	 * @param int $id The account.
	 * @return array<string, mixed> The outcome.
	 */
	private static function waits_for( int $id ): array {
		return Job_Outcome::retry( 'waits_for', "Account #{$id} belongs to another user of the same site.", 60, $id );
	}

	/**
	 * Says what was refused.
	 *
	 * @param array<string, string> $refused Codes by field.
	 */
	private static function tell( array $refused ): string {
		$told = array();
		foreach ( $refused as $field => $code ) {
			$told[] = "$field ($code)";
		}
		return $told ? 'Not stored: ' . implode( ', ', $told ) . '.' : '';
	}
}
