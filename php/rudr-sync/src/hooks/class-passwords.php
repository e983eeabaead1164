<?php
/**
 * Which passwords were set in this request.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Collects what hooks show of passwords while a request runs, and says at its end whose password changed, and to what.
 *
 * What a hook shows is only a candidate: it may come before the write, and before a refusal. Only a changed hash in the
 * user's row says that a password changed. Candidates are kept as WordPress hashes them, that is, slashed if they came
 * from a form or by REST; plaintext() turns them back.
 */
final class Passwords {

	/** By user id: passwords that hooks announced. */
	private readonly Plaintexts $announced;

	/** By hash: what the seam saw. */
	private readonly Plaintexts $hashed;

	/** By user id: passwords that were checked and were the user's before anything changed. */
	private readonly Plaintexts $current;

	/** By user id and mark: the new passwords. */
	private readonly Plaintexts $settled;

	/** Hashes that this request has written. Others may write too, at the same time. */
	private readonly Plaintexts $written;

	/**
	 * New passwords that were found since unsealed() was last asked: mark by user id.
	 *
	 * @var array<int, string>
	 */
	private array $unsealed = array();

	/**
	 * Whose password was only hashed anew.
	 *
	 * @var array<int, true>
	 */
	private array $rehashed = array();

	/**
	 * Reads users from there.
	 *
	 * @param Primary $primary Users as they are now.
	 */
	public function __construct( private readonly Primary $primary ) {
		$this->announced = new Plaintexts();
		$this->hashed    = new Plaintexts();
		$this->current   = new Plaintexts();
		$this->settled   = new Plaintexts();
		$this->written   = new Plaintexts();
	}

	/**
	 * The seam of WordPress before 6.8 has seen a password hashed.
	 *
	 * @param string $hash      The hash.
	 * @param string $plaintext The password.
	 */
	public function hashed( #[\SensitiveParameter] string $hash, #[\SensitiveParameter] string $plaintext ): void {
		$this->hashed->add( $hash, $plaintext );
	}

	/**
	 * Whether the seam has seen anything since the last settling.
	 */
	public function seam_saw_something(): bool {
		return ! $this->hashed->is_empty();
	}

	/**
	 * A hook says that this is the user's new password.
	 *
	 * @param int    $user_id   User.
	 * @param mixed  $plaintext What the hook handed over, as WordPress hashes it.
	 */
	public function announce( int $user_id, #[\SensitiveParameter] mixed $plaintext ): void {
		// Who saves a whole WP_User hands over the stored hash.
		if ( $user_id && is_string( $plaintext ) && '' !== trim( $plaintext ) && ! preg_match( '/^\$(P|wp\$2y|2y)\$.{50,}$/D', $plaintext ) ) {
			$this->announced->add( (string) $user_id, $plaintext );
		}
	}

	/**
	 * This request is about to write that hash.
	 *
	 * @param mixed $hash Hash; no two users' are the same.
	 */
	public function writes( #[\SensitiveParameter] mixed $hash ): void {
		if ( is_string( $hash ) && '' !== $hash ) {
			$this->written->add( $hash, '' );
		}
	}

	/**
	 * This request has just written the user's hash, or is about to, or it may yet be refused. Where core has shown it what it
	 * writes, that is asked of nobody; should it be another's, the password is checked against the hash in the end.
	 *
	 * @param int   $user_id User.
	 * @param mixed $before  The user as they were before; null where core does not say so.
	 */
	public function has_written( int $user_id, #[\SensitiveParameter] mixed $before ): void {
		if ( $user_id && $this->written->is_empty() ) {
			try {
				$hash = $this->primary->rows( array( $user_id ) )[ $user_id ]['user_pass'] ?? null;
				if ( ! $before instanceof \WP_User || $before->user_pass !== $hash ) {
					$this->writes( $hash );
				}
			} catch ( Database_Error $e ) {
				// The page goes on: then the password is checked in the end.
				Log::thrown( $e );
			}
		}
	}

	/**
	 * Somebody gave the right password, to log in mostly. If it was the user's before this request, a new hash of it later
	 * in this request is no new password.
	 *
	 * @param int    $user_id   User.
	 * @param string $plaintext The password.
	 * @param string $hash      What it was checked against.
	 */
	public function checked( int $user_id, #[\SensitiveParameter] string $plaintext, #[\SensitiveParameter] string $hash ): void {
		$mark = Password_Mark::parse( (string) get_user_meta( $user_id, Password_Mark::META, true ) );
		// Before 6.8 a password at rest as md5 is hashed anew inside the check, which is then told of the new hash.
		$is_old = $mark
			? $mark->stands_for( $hash ) || $mark->stands_for( md5( $plaintext ) )
			: ! $this->announced->all( (string) $user_id );
		if ( $is_old ) {
			$this->current->add( (string) $user_id, $plaintext );
		}
	}

	/**
	 * Whether setting that password is only a new hash of the old one, as at a login after an upgrade. If so its mark is
	 * moved at the end of the request.
	 *
	 * @param int   $user_id   User.
	 * @param mixed $plaintext The password.
	 */
	public function is_rehash( int $user_id, #[\SensitiveParameter] mixed $plaintext ): bool {
		if ( ! is_string( $plaintext ) || ! in_array( trim( $plaintext ), $this->current->all( (string) $user_id ), true ) ) {
			return false;
		}
		$this->rehashed[ $user_id ] = true;
		return true;
	}

	/**
	 * Whether there is something to settle even if nobody was changed.
	 */
	public function has_to_settle(): bool {
		return (bool) $this->rehashed;
	}

	/**
	 * Brings the marks of these users in step with their stored hashes, and keeps the plaintext of a new password where
	 * it is known.
	 *
	 * @param int[] $user_ids Users.
	 * @param int   $tries    Times that another request may come between.
	 */
	public function settle( array $user_ids, int $tries = 5 ): void {
		$again          = array();
		$user_ids       = array_unique( array( ...$user_ids, ...array_keys( $this->rehashed ) ) );
		$this->rehashed = array();

		$meta = $this->primary->meta( $user_ids, array( Password_Mark::META ) );
		foreach ( $this->primary->rows( $user_ids ) as $user_id => $row ) {
			$hash = $row['user_pass'];
			$read = $meta[ $user_id ][ Password_Mark::META ] ?? null;
			$mark = Password_Mark::parse( $read );
			if ( $mark && $mark->stands_for( $hash ) ) {
				$this->settle_marked( $user_id, $mark->mark, $hash );
				continue;
			}
			$plaintext = $this->plaintext_of( $user_id, $hash );
			$is_old    = $mark && null !== $plaintext && in_array( $plaintext, $this->current->all( (string) $user_id ), true );
			$new       = $is_old ? $mark->moved_to( $hash ) : Password_Mark::fresh( $hash );
			if ( ! $new->store( $user_id, $read ) ) {
				// Another request has marked the user meanwhile: by what it says now.
				$again[] = $user_id;
			} elseif ( null !== $plaintext && ! $is_old ) {
				$this->keep( $user_id, $new->mark, $plaintext );
			}
		}
		if ( $again && $tries > 1 ) {
			$this->settle( $again, $tries - 1 );
		}
	}

	/**
	 * The mark of the password that a user has now: a hash that has none yet gets it here.
	 *
	 * @param int $user_id User.
	 */
	public function mark( int $user_id ): ?string {
		return $this->settled_mark( $user_id )?->mark;
	}

	/**
	 * The same of that password, if it is theirs still.
	 *
	 * @param int    $user_id User.
	 * @param string $hash    Its stored hash.
	 */
	public function mark_of( int $user_id, #[\SensitiveParameter] string $hash ): ?string {
		$mark = $this->settled_mark( $user_id );
		return $mark && $mark->stands_for( $hash ) ? $mark->mark : null;
	}

	/**
	 * The mark in step with the stored hash; none where the database does not say, since hooks ask for it.
	 *
	 * @param int $user_id User.
	 */
	private function settled_mark( int $user_id ): ?Password_Mark {
		try {
			$this->settle( array( $user_id ) );
			return Password_Mark::parse( $this->primary->meta( array( $user_id ), array( Password_Mark::META ) )[ $user_id ][ Password_Mark::META ] ?? null );
		} catch ( Database_Error $e ) {
			Log::thrown( $e );
			return null;
		}
	}

	/**
	 * Who has a new password since this was last asked; plaintext() has it.
	 *
	 * @return array<int, string> Its mark, by user id.
	 */
	public function unsealed(): array {
		$new            = $this->unsealed;
		$this->unsealed = array();
		return $new;
	}

	/**
	 * The password with that mark as the person types it, if it was set in this request and is known.
	 *
	 * @param int    $user_id User.
	 * @param string $mark    The mark.
	 */
	public function plaintext( int $user_id, string $mark ): ?string {
		$hashed = $this->settled->only( $user_id . ' ' . $mark );
		if ( null === $hashed ) {
			return null;
		}
		// Forms and REST hash the slashed password, and the login form checks the slashed one: what is to be typed is what
		// gives this when it is slashed. Where nothing does, code has set a raw password and means just that.
		$typed = wp_unslash( $hashed );
		return wp_slash( $typed ) === $hashed ? $typed : $hashed;
	}

	/**
	 * Throws all passwords away.
	 */
	public function forget(): void {
		foreach ( array( $this->announced, $this->hashed, $this->current, $this->settled, $this->written ) as $drawer ) {
			$drawer->forget();
		}
	}

	/**
	 * Keeps the plaintext of a new password whose mark is there already: a request that takes longer than a minute is taken
	 * for dead, and whoever delivers the user then marks a hash that nobody seems to have announced.
	 *
	 * @param int    $user_id User.
	 * @param string $mark    The mark.
	 * @param string $hash    Their stored hash.
	 */
	private function settle_marked( int $user_id, string $mark, #[\SensitiveParameter] string $hash ): void {
		if ( $this->settled->all( $user_id . ' ' . $mark ) ) {
			return;
		}
		$plaintext = $this->hashed->only( $hash );
		foreach ( null === $plaintext ? $this->announced->all( (string) $user_id ) : array() as $candidate ) {
			// An announcement is no change: a save that was refused comes here too.
			if ( wp_check_password( $candidate, $hash ) ) {
				$plaintext = $candidate;
				break;
			}
		}
		if ( null !== $plaintext ) {
			$this->keep( $user_id, $mark, $plaintext );
		}
	}

	/**
	 * Keeps the plaintext of a new password for the rest of the request.
	 *
	 * @param int    $user_id   User.
	 * @param string $mark      Its mark.
	 * @param string $plaintext The password.
	 */
	private function keep( int $user_id, string $mark, #[\SensitiveParameter] string $plaintext ): void {
		$this->settled->add( $user_id . ' ' . $mark, $plaintext );
		$this->unsealed[ $user_id ] = $mark;
	}

	/**
	 * Which of the passwords seen in this request is the one behind a hash.
	 *
	 * @param int    $user_id User.
	 * @param string $hash    Their stored hash, changed in this request or unknown so far.
	 */
	private function plaintext_of( int $user_id, #[\SensitiveParameter] string $hash ): ?string {
		$label = (string) $user_id;
		// One announcement and one change of this request belong together: checking a bcrypt hash would take as long as all the rest.
		$is_own    = array() !== $this->written->all( $hash );
		$plaintext = $this->hashed->only( $hash ) ?? ( $is_own ? $this->announced->only( $label ) : null );
		if ( null !== $plaintext ) {
			return $plaintext;
		}
		foreach ( array_merge( $this->announced->all( $label ), $this->current->all( $label ) ) as $candidate ) {
			if ( wp_check_password( $candidate, $hash ) ) {
				return $candidate;
			}
		}
		return null;
	}
}
