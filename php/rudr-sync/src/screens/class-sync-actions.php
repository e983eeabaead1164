<?php
/**
 * What the forms of Users → Sync do.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Takes the forms of the screen: asks who sends them, does what they say by the same classes as the commands, and sends the
 * browser back to the screen, where a Flash says what came of it. Prints nothing.
 */
final class Sync_Actions {

	/** Adds or changes a site. */
	public const SAVE = 'rudr_sync_save';

	/** Removes a site. */
	public const REMOVE = 'rudr_sync_remove';

	/** Checks or resumes a site. */
	public const SITE = 'rudr_sync_site';

	/** Retries, confirms or unlinks users. */
	public const USERS = 'rudr_sync_users';

	/** Confirms or discards all that is held of a site. */
	public const HELD = 'rudr_sync_held';

	/** Answers whether this install has moved or is a copy. */
	public const IDENTITY = 'rudr_sync_identity';

	/** Options of a site that its form knows; others stay as they are. */
	private const OPTIONS = array(
		'adopt'     => array( 'proven', 'any', 'never' ),
		'remove'    => array( 'own', 'all', 'never' ),
		'authority' => array( 'here', 'there' ),
	);

	/** Stands before what is done with what is held of users. */
	public const OF_HELD = 'held_';

	/** What can be done with the users of the table. */
	private const WITH_USERS = array( 'retry', 'confirm', 'unlink', self::OF_HELD . Held_Command::CONFIRM, self::OF_HELD . Held_Command::DISCARD );

	/** Seconds for which a person is kept waiting at most; the rest is done in the background. */
	private const SECONDS = 20.0;

	/** What is to be said of it. */
	private readonly Flash $flash;

	/**
	 * Does it by these.
	 *
	 * @param Sites          $sites    The sites.
	 * @param Site_Store     $store    Those that can be changed here.
	 * @param Check_Command  $check    Checks one.
	 * @param Resume_Command $resume   Resumes one.
	 * @param Sync_Command   $sync     Delivers.
	 * @param Link_Command   $link     Confirms and unlinks.
	 * @param Link_Orders    $orders   Retries many.
	 * @param Held_Command   $held     Confirms and discards what is held.
	 * @param Identity       $identity Whether this install may deliver at all.
	 */
	public function __construct(
		private readonly Sites $sites,
		private readonly Site_Store $store,
		private readonly Check_Command $check,
		private readonly Resume_Command $resume,
		private readonly Sync_Command $sync,
		private readonly Link_Command $link,
		private readonly Link_Orders $orders,
		private readonly Held_Command $held,
		private readonly Identity $identity
	) {
		$this->flash = new Flash();
	}

	/**
	 * Attaches them.
	 */
	public function attach(): void {
		foreach ( array(
			self::SAVE     => 'save',
			self::REMOVE   => 'remove',
			self::SITE     => 'site',
			self::USERS    => 'users',
			self::HELD     => 'held',
			self::IDENTITY => 'identity',
		) as $action => $method ) {
			Screen_Post::take( $action, $this->flash, array( Access::class, 'is_given' ), fn(): array => $this->$method() );
		}
	}

	/**
	 * Adds or changes a site.
	 *
	 * @return array<string, string> Where to go.
	 */
	private function save(): array {
		$name    = self::field( 'site' );
		$values  = array(
			'site'     => $name,
			// As it is: sanitize_text_field() would take what is encoded in it away.
			'url'      => trim( Screen_Post::as_entered( 'url' ) ),
			'username' => self::field( 'username' ),
		);
		$change  = '' !== self::field( 'change' );
		$options = $this->store->find( $name )->options ?? array();
		foreach ( self::OPTIONS as $option => $choices ) {
			$values[ $option ] = self::field( $option );
			if ( in_array( $values[ $option ], $choices, true ) ) {
				$options[ $option ] = $values[ $option ];
			}
		}
		$values['guard'] = trim( self::field( 'guard' ) );
		unset( $options['guard'] );
		if ( '' !== $values['guard'] ) {
			$options['guard'] = (int) $values['guard'];
		}
		try {
			if ( ! preg_match( '/^\d{0,9}$/D', $values['guard'] ) ) {
				throw new Command_Error( __( 'How many changes are sent without a word is a number; 0: any number.', 'rudr-sync' ) );
			}
			if ( ! $change && isset( $this->sites->all()[ $name ] ) ) {
				/* translators: %s: short name of a site. */
				throw new Command_Error( sprintf( __( 'There is a site %s already. Give this one another short name.', 'rudr-sync' ), $name ) );
			}
			// phpcs:ignore WordPress.Security.ValidatedSanitizedInput,WordPress.Security.NonceVerification.Missing -- a password is taken byte for byte; the nonce was checked.
			$password = isset( $_POST['password'] ) && is_string( $_POST['password'] ) ? trim( wp_unslash( $_POST['password'] ) ) : '';
			$this->store->put( $name, $values['url'], $values['username'], $password, $options );
		} catch ( Command_Error $e ) {
			$this->flash->say( 'error', $e->getMessage() );
			$this->flash->form = $values;
			return $change
				? array(
					'part' => 'change',
					'site' => $name,
				)
				: array( 'part' => 'add' );
		}
		if ( '' !== $password ) {
			$this->resume->run( $name );
		}
		/* translators: %s: short name of a site. */
		$this->flash->say( 'success', sprintf( $change ? __( 'Site %s saved.', 'rudr-sync' ) : __( 'Site %s added. Users follow there from their next change on.', 'rudr-sync' ), $name ) );
		$this->sites->refresh();
		$this->check( $name );
		return array();
	}

	/**
	 * Removes a site.
	 *
	 * @return array<string, string> Where to go.
	 */
	private function remove(): array {
		$name = self::field( 'site' );
		if ( $this->store->find( $name ) || $this->is_left_over( $name ) ) {
			$this->store->remove( $name );
			/* translators: %s: short name of a site. */
			$this->flash->say( 'success', sprintf( __( 'Site %s removed. Revoke its application password there too.', 'rudr-sync' ), $name ) );
		}
		return array();
	}

	/**
	 * Whether a site is there only because it once was defined.
	 *
	 * @param string $name Its name.
	 */
	private function is_left_over( string $name ): bool {
		return in_array( $name, $this->sites->undefined(), true ) && ! in_array( $name, $this->sites->unread(), true );
	}

	/**
	 * Checks or resumes a site.
	 *
	 * @return array<string, string> Where to go.
	 */
	private function site(): array {
		if ( '' !== self::field( 'check' ) ) {
			$this->check( self::field( 'check' ) );
		} elseif ( '' !== self::field( 'resume' ) ) {
			$target = $this->target( self::field( 'resume' ) );
			$this->resume->run( $target->name );
			/* translators: %s: short name of a site. */
			$this->flash->say( 'success', sprintf( __( 'Site %s is worked with again.', 'rudr-sync' ), $target->name ) );
			$this->check( $target->name );
		}
		return array();
	}

	/**
	 * Confirms or discards all that is held of a site.
	 *
	 * @return array<string, string> Where to go.
	 */
	private function held(): array {
		$site = self::field( 'site' );
		$this->flash->say( 'success', $this->held->run( self::field( 'answer' ), $site ) ?: __( 'Nothing of that is held any more.', 'rudr-sync' ) );
		return array();
	}

	/**
	 * Takes the answer whether this install has moved or is a copy.
	 *
	 * @return array<string, string> Where to go.
	 * @throws Command_Error If nobody asks any more: a copy cannot be taken back.
	 */
	private function identity(): array {
		if ( Identity::UNSURE !== $this->identity->hold() ) {
			throw new Command_Error( __( 'Whether this site has moved or is a copy was answered already.', 'rudr-sync' ) );
		}
		if ( Identity::MOVED === self::field( 'answer' ) ) {
			$this->identity->moved();
			$this->flash->say( 'success', __( 'This site goes on where it stopped: what was noted meanwhile is sent.', 'rudr-sync' ) );
		} elseif ( Identity::COPY === self::field( 'answer' ) ) {
			$this->identity->copy();
			$this->flash->say( 'success', __( 'This copy is disconnected from all sites, and has none of the original\'s passwords.', 'rudr-sync' ) );
		}
		return array();
	}

	/**
	 * Does something with users.
	 *
	 * @return array<string, string> Where to go.
	 */
	private function users(): array {
		$place = array_filter(
			array(
				'show'  => sanitize_key( self::field( 'show' ) ),
				'of'    => self::field( 'of' ),
				'paged' => (string) absint( self::field( 'paged' ) ),
			)
		);
		if ( '' !== self::field( 'retry_all' ) ) {
			$this->retry_all( self::field( 'of' ) );
			return $place;
		}
		foreach ( self::WITH_USERS as $what ) {
			if ( '' !== self::field( $what ) ) {
				$this->do_with( $what, array( self::field( $what ) ) );
				return $place;
			}
		}
		$bulk = self::field( 'bulk_' . ( 'bottom' === self::field( 'apply' ) ? 'bottom' : 'top' ) );
		// phpcs:ignore WordPress.Security.NonceVerification.Missing -- it was checked.
		$links = isset( $_POST['links'] ) && is_array( $_POST['links'] ) ? array_map( 'sanitize_text_field', wp_unslash( $_POST['links'] ) ) : array();
		if ( in_array( $bulk, array_diff( self::WITH_USERS, array( 'unlink' ) ), true ) && $links ) {
			$this->do_with( $bulk, array_slice( $links, 0, Users_Table::ON_PAGE ) );
		} elseif ( '' !== self::field( 'apply' ) && ! absint( self::field( 'paged' ) ) ) {
			$this->flash->say( 'error', __( 'Choose some users and what to do with them.', 'rudr-sync' ) );
		}
		return $place;
	}

	/**
	 * Checks a site.
	 *
	 * @param string $name Its name.
	 */
	private function check( string $name ): void {
		$target             = $this->target( $name );
		$this->flash->check = array(
			'site'  => $name,
			'steps' => Patience::while( fn(): array => $this->check->run( $target ) ),
		);
	}

	/**
	 * Lets everybody be tried again, in the background.
	 *
	 * @param string $site Of this site only; '' for all.
	 */
	private function retry_all( string $site ): void {
		$count = 0;
		foreach ( '' === $site ? $this->sites->names() : array( $this->target( $site )->name ) as $name ) {
			$count += $this->orders->retry( $name );
		}
		/* translators: %s: number of users. */
		$this->flash->say( 'success', sprintf( _n( '%s user is tried again in the background.', '%s users are tried again in the background.', $count, 'rudr-sync' ), number_format_i18n( $count ) ) );
	}

	/**
	 * Does one thing with some links and says what came of it.
	 *
	 * @param string   $what  One of WITH_USERS.
	 * @param string[] $links As Users_Table writes them.
	 */
	private function do_with( string $what, array $links ): void {
		$by_site = array();
		foreach ( $links as $link ) {
			[ $name, $id, $said ] = explode( Users_Table::SEPARATOR, $link, 3 ) + array( '', '', '' );

			$by_site[ $name ][ absint( $id ) ] = $said;
		}
		foreach ( $by_site as $name => $said ) {
			$user_ids = array_keys( $said );
			if ( 'unlink' === $what ) {
				// Also where the site is no longer defined: its links are there until somebody removes it.
				$this->link->unlink( (string) $name, $user_ids[0] );
				/* translators: 1: login of a user, 2: short name of a site. */
				$this->flash->say( 'success', sprintf( __( '%1$s is unlinked and does not follow to %2$s any more. The account there stays as it is.', 'rudr-sync' ), Link_Command::name( $user_ids[0] ), (string) $name ) );
				continue;
			}
			$target = $this->target( (string) $name );
			if ( str_starts_with( $what, self::OF_HELD ) ) {
				$answer = substr( $what, strlen( self::OF_HELD ) );
				$this->flash->say( 'success', $this->held->run( $answer, $target->name, $user_ids ) ?: __( 'Nothing of that is held any more.', 'rudr-sync' ) );
				if ( Held_Command::CONFIRM === $answer ) {
					$this->tell( $target, $user_ids, Patience::while( fn(): array => $this->sync->deliver( $target, $user_ids, self::SECONDS ) ) );
				}
				continue;
			}
			if ( 'confirm' === $what ) {
				$user_ids = array_values( array_filter( $user_ids, fn( int $id ): bool => $this->is_confirmed( $target->name, $id, $said[ $id ] ) ) );
			}
			if ( $user_ids ) {
				$lines = Patience::while( fn(): array => $this->sync->retry( $target, $user_ids, self::SECONDS ) );
				$this->tell( $target, $user_ids, $lines );
			}
		}
	}

	/**
	 * Confirms one who waits for it.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 * @param string $said    The Confirmation of the address that was shown.
	 */
	private function is_confirmed( string $site, int $user_id, string $said ): bool {
		try {
			$this->link->confirm( $site, $user_id, $said );
			return true;
		} catch ( Command_Error $e ) {
			$this->flash->say( 'warning', $e->getMessage() );
			return false;
		}
	}

	/**
	 * Says how users stand.
	 *
	 * @param Target      $target   The site.
	 * @param int[]       $user_ids Users.
	 * @param Link_Line[] $lines    How they stand; who is gone there, as they should be, is not among them.
	 */
	private function tell( Target $target, array $user_ids, array $lines ): void {
		$site   = $target->name;
		$done   = count( $user_ids ) - count( $lines );
		$partly = array();
		$more   = array();
		foreach ( $lines as $line ) {
			switch ( $line->state() ) {
				case 'partly':
					$partly[] = $line->name() . ': ' . Advice::words( $line );
					// They are in step, but for that.
				case 'in_step':
					++$done;
					break;
				case 'waiting':
					/* translators: %s: login of a user. */
					$more[] = sprintf( __( '%s: is to be sent in the background.', 'rudr-sync' ), $line->name() );
					break;
				default:
					$more[] = $line->name() . ': ' . Advice::words( $line );
			}
		}
		if ( $done ) {
			/* translators: 1: number of users, 2: short name of a site. */
			$this->flash->say( 'success', sprintf( _n( '%1$s user is now in step on %2$s.', '%1$s users are now in step on %2$s.', $done, 'rudr-sync' ), number_format_i18n( $done ), $site ) );
		}
		if ( $partly ) {
			/* translators: %s: short name of a site. */
			$this->flash->say( 'warning', sprintf( __( 'But not everything could go to %s:', 'rudr-sync' ), $site ), $partly );
		}
		$obstacle = $more ? $this->sync->obstacle( $target ) : null;
		if ( null !== $obstacle ) {
			$this->flash->say( 'warning', $obstacle );
		} elseif ( $more ) {
			/* translators: 1: number of users, 2: short name of a site. */
			$this->flash->say( 'warning', sprintf( _n( '%1$s user is not in step on %2$s yet:', '%1$s users are not in step on %2$s yet:', count( $more ), 'rudr-sync' ), number_format_i18n( count( $more ) ), $site ), $more );
		}
	}

	/**
	 * A site.
	 *
	 * @param string $name Its name.
	 * @throws Command_Error If there is none.
	 */
	private function target( string $name ): Target {
		/* translators: %s: short name of a site. */
		return $this->sites->all()[ $name ] ?? throw new Command_Error( sprintf( __( 'There is no site %s.', 'rudr-sync' ), $name ) );
	}

	/**
	 * A field of the form that was sent.
	 *
	 * @param string $name Its name.
	 */
	private static function field( string $name ): string {
		return Screen_Post::field( $name );
	}
}
