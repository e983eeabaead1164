<?php
/**
 * Makes jobs for the extension.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Puts a link and the user as they are now into the extension's words. What to do with them is the extension's business.
 */
final class Jobs {

	/** Seconds after a registration within which the tutorial's code, in the same request, made the account there. */
	public const TUTORIAL_WINDOW = 60;

	/**
	 * Jobs know the links of heirs, and the passwords of this request.
	 *
	 * @param Links     $links     The links.
	 * @param Passwords $passwords The passwords.
	 */
	public function __construct( private readonly Links $links, private readonly Passwords $passwords ) {
	}

	/**
	 * The user exists there, like so. Of the password it says nothing yet, see with_passwords().
	 *
	 * @param Link   $link   The link.
	 * @param Person $person The user.
	 * @param Target $target The site.
	 * @param bool   $claims Whether an id from user meta may be asked about.
	 * @return array<string, mixed>
	 */
	public function put( Link $link, Person $person, Target $target, bool $claims = true ): array {
		$fields = self::fields( $person, $target );
		$job    = array(
			'op'               => 'put',
			'user_id'          => $person->id,
			'user'             => $fields,
			'proved'           => $this->is_confirmed( $link, $person ) ? true : Proofs::read( $person->id, $person->fields['user_email'], $person->proof ),
			'privileged'       => $person->privileged,
			'privileged_roles' => self::powerful( $fields['roles'] ?? array() ),
			'secret'           => $link->secret,
			'received'         => Arrival::merged( $link->received ),
			'ref'              => $person->id,
		) + self::of_link( $link );

		return $claims ? $this->with_claimed_id( $job, $link, $person ) : $job;
	}

	/**
	 * The user is gone.
	 *
	 * @param Link $link The link.
	 * @return array<string, mixed>
	 */
	public function delete( Link $link ): array {
		return array(
			'op'         => 'delete',
			'user_id'    => $link->user_id,
			'user'       => array(
				'user_login' => $link->login,
				'user_email' => $link->email,
			),
			'privileged' => $link->was_privileged,
			'reassign'   => null === $link->heir_id ? null : $this->links->heir( $link->site, $link->heir_id ),
			'ref'        => $link->user_id,
		) + self::of_link( $link );
	}

	/**
	 * What the link says, in either kind of job.
	 *
	 * @param Link $link The link.
	 * @return array<string, mixed>
	 */
	private static function of_link( Link $link ): array {
		return array(
			'remote_id'    => $link->remote_id,
			'remote_login' => $link->remote_login,
			'trust'        => null === $link->remote_id ? null : $link->trust,
			'base'         => $link->base,
			'tried_at'     => Clock::tried( $link->tried_at, $link->tried_last, $link->now() ),
			'tried_last'   => Clock::tried( $link->tried_last, $link->tried_last, $link->now() ),
			'tried_email'  => $link->tried_email,
			'attempts'     => $link->attempts,
			'failing'      => $link->failing,
			'retry'        => $link->retry,
			'released'     => $link->released,
		);
	}

	/**
	 * What of the user goes there, without the password.
	 *
	 * @param Person $person The user.
	 * @param Target $target The site.
	 * @return array<string, mixed>
	 */
	private static function fields( Person $person, Target $target ): array {
		$fields = array( 'roles' => $person->roles ) + $person->fields;

		/**
		 * Filters what another site is sent of a user: to leave something out, or to send something else. Runs when the user
		 * is delivered, which may be later and in another process than the change. A password is not among it, and none can
		 * be put there.
		 *
		 * @param array<string, mixed> $fields  In the words of wp_insert_user(), with `roles`.
		 * @param int                  $user_id The user.
		 * @param string               $site    Short name of the other site.
		 */
		$filtered = apply_filters( 'rudr_sync_user', $fields, $person->id, $target->name );
		return is_array( $filtered ) ? array_diff_key( $filtered, array_flip( array( 'user_pass', 'user_pass_hash' ) ) ) : $fields;
	}

	/**
	 * The roles that hold power over users, plugins or options here. Whether they follow is for the site's map to say.
	 *
	 * @param mixed $roles Names of roles, as a filter may have left them.
	 * @return string[]
	 */
	private static function powerful( mixed $roles ): array {
		$roles = array_filter( (array) $roles, 'is_string' );
		return array_values( array_diff( $roles, Privileges::harmless( $roles, Main_Roles::get() ) ) );
	}

	/**
	 * Whether an administrator has said that the account with this user's address is theirs.
	 *
	 * @param Link   $link   The link.
	 * @param Person $person The user.
	 */
	private function is_confirmed( Link $link, Person $person ): bool {
		return null === $link->remote_id && Confirmation::fits( $link->confirmed, $person->id, $person->fields['user_email'] );
	}

	/**
	 * Adds what is known of the passwords. A hash that nobody announced, as of all who were here before the plugin, gets its mark
	 * now: many in one statement.
	 *
	 * @param array<int, array<string, mixed>> $jobs   Puts, by user id.
	 * @param array<int, Link>                 $held   The links.
	 * @param array<int, Person>               $people The users.
	 * @return array<int, array<string, mixed>> The jobs.
	 */
	public function with_passwords( #[\SensitiveParameter] array $jobs, array $held, array $people ): array {
		$marks = array();
		$fresh = array();
		foreach ( array_keys( $jobs ) as $id ) {
			$marks[ $id ] = Password_Mark::parse( $people[ $id ]->mark );
			// Whoever is changing it knows the plaintext, and is about to mark it: say nothing of the new one yet.
			if ( ! $marks[ $id ]?->stands_for( $people[ $id ]->hash ) && ! $held[ $id ]->unsettled ) {
				$fresh[ $id ] = Password_Mark::fresh( $people[ $id ]->hash );
			}
		}
		$read  = array_map( static fn( Person $person ): ?string => $person->mark, array_intersect_key( $people, $fresh ) );
		$marks = array_intersect_key( $fresh, array_flip( Password_Mark::store_all( $fresh, $read ) ) ) + $marks;
		foreach ( $jobs as $id => $job ) {
			$jobs[ $id ] = $this->with_password( $job, $people[ $id ], $marks[ $id ] );
		}
		return $jobs;
	}

	/**
	 * Adds what is known of a password.
	 *
	 * @param array<string, mixed> $job    The job.
	 * @param Person               $person The user.
	 * @param Password_Mark|null   $mark   The mark of the password that they had last, as far as is known.
	 * @return array<string, mixed>
	 */
	private function with_password( #[\SensitiveParameter] array $job, Person $person, ?Password_Mark $mark ): array {
		$job['password_mark'] = $mark?->mark;
		if ( ! $mark?->stands_for( $person->hash ) ) {
			return $job;
		}

		$plaintext = $this->passwords->plaintext( $person->id, $mark->mark );
		if ( null !== $plaintext ) {
			$job['user']['user_pass'] = $plaintext;
		}
		// Code that calls wp_insert_user() with an ID can store anything there.
		if ( ! $person->privileged && preg_match( '/^(\$.{20,}|[0-9a-f]{32})$/D', $person->hash ) ) {
			$job['user']['user_pass_hash'] = $person->hash;
		}
		return $job;
	}

	/**
	 * Adds the id that somebody noted in user meta, where we hold none and have sent nothing yet. The extension believes it
	 * only after a look, and takes the account for ours only if it was made as the tutorial's code would have made it.
	 *
	 * @param array<string, mixed> $job    The job.
	 * @param Link                 $link   The link.
	 * @param Person               $person The user.
	 * @return array<string, mixed>
	 */
	private function with_claimed_id( #[\SensitiveParameter] array $job, Link $link, Person $person ): array {
		if ( null === $link->remote_id && null === $link->tried_at && null !== $person->claimed_id && Remote_Id_Meta::is_for( $link->site ) ) {
			$job['remote_id']  = $person->claimed_id;
			$job['tried_at']   = $person->registered;
			$job['tried_last'] = $person->registered + self::TUTORIAL_WINDOW;
		}
		return $job;
	}
}
