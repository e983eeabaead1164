<?php
/**
 * A job as it was sent.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * One thing to make true here. The keys:
 *
 *     op            'put' (this user exists like so) or 'delete'
 *     user_id       the source's own id of the user; required
 *     user          in the words of wp_insert_user(): user_login user_email user_url user_nicename display_name nickname
 *                   first_name last_name description locale role roles meta_input user_pass; and user_pass_hash, the stored hash.
 *                   What is missing stays as it is. A meta value of null removes the key
 *     remote_id, remote_login, trust   the account, as the source's link knows it. Without a login nobody has looked at it yet:
 *                   it is then taken over as one that was found by its address, or not at all
 *     registered    when that account was made, as an earlier outcome said it: another account with its id is not it
 *     held          for each field the digest that an earlier outcome said; a field that differs from it by now is `stale`
 *     password_mark what stands for the password on the source, as `held` may say it of the one here
 *     proved        the user has shown on the source that the address is theirs
 *     reassign      of a delete: who inherits, an id here; 0: nobody; missing: the agent
 *     ref           anything, given back; no two jobs of a request have the same
 *
 * Keys that are not known are left out without complaint: the source may be a version ahead.
 */
final class Received_Job {

	/** Texts of a user, besides login and passwords. */
	public const TEXTS = array( 'user_email', 'user_url', 'user_nicename', 'display_name', 'nickname', 'first_name', 'last_name', 'description', 'locale' );

	/** Bytes in a meta value, as JSON. */
	private const LARGEST_META = 262144;

	/**
	 * A job.
	 *
	 * @param bool                  $is_delete    Whether the user is to be gone.
	 * @param int                   $user_id      The source's id of the user.
	 * @param string                $login        Login; empty if it was not said.
	 * @param array<string, string> $texts        Of TEXTS those that were said.
	 * @param array<string, mixed>  $meta         User meta; null removes.
	 * @param string[]|null         $roles        Roles.
	 * @param string|null           $password     Password in the clear, as a person types it.
	 * @param string|null           $hash         Stored hash.
	 * @param int|null              $remote_id    The account here, as the source knows it.
	 * @param string|null           $remote_login Its login.
	 * @param string|null           $trust        Whose it is.
	 * @param string|null           $registered   When it was made.
	 * @param array<string, string> $held         Digests.
	 * @param string|null           $mark         What stands for the password there.
	 * @param bool                  $proved       Whether the address is proved.
	 * @param int|null              $heir         Who inherits; 0: nobody.
	 */
	private function __construct(
		public readonly bool $is_delete,
		public readonly int $user_id,
		public readonly string $login,
		public readonly array $texts,
		public readonly array $meta,
		public readonly ?array $roles,
		#[\SensitiveParameter] public readonly ?string $password,
		#[\SensitiveParameter] public readonly ?string $hash,
		public readonly ?int $remote_id,
		public readonly ?string $remote_login,
		public readonly ?string $trust,
		public readonly ?string $registered,
		public readonly array $held,
		public readonly ?string $mark,
		public readonly bool $proved,
		public readonly ?int $heir
	) {
	}

	/**
	 * Reads a job.
	 *
	 * @param mixed $sent What was sent.
	 * @throws Bad_Job If it cannot be read.
	 */
	public static function read( #[\SensitiveParameter] mixed $sent ): self {
		$job     = Received_Fields::of( $sent, 'job' );
		$op      = $job->word( 'op', array( 'put', 'delete' ) ) ?? throw new Bad_Job( 'op', 'is missing' );
		$user_id = $job->number( 'user_id' ) ?? throw new Bad_Job( 'user_id', 'is missing' );
		$user    = Received_Fields::of( $job->map( 'user' ), 'user', 'user.' );

		$texts = array();
		foreach ( self::TEXTS as $field ) {
			$text = $user->text( $field );
			if ( null !== $text ) {
				$texts[ $field ] = $text;
			}
		}
		$role = $user->text( 'role' );

		return new self(
			'delete' === $op,
			$user_id,
			$user->text( 'user_login' ) ?? '',
			$texts,
			self::meta( $user ),
			$user->texts( 'roles' ) ?? ( null === $role ? null : array_filter( array( $role ) ) ),
			$user->text( 'user_pass', 4096 ) ?: null,
			$user->text( 'user_pass_hash', 255 ) ?: null,
			$job->number( 'remote_id' ),
			$job->text( 'remote_login' ) ?: null,
			$job->word( 'trust', array( 'own', 'adopted' ) ),
			$job->text( 'registered', 40 ) ?: null,
			self::held( $job ),
			$job->text( 'password_mark', 64 ),
			$job->flag( 'proved' ),
			$job->number( 'reassign', 0 )
		);
	}

	/**
	 * Whether an account can be the one that the source's link means, by all that the link says of it.
	 *
	 * @param \WP_User $user The account.
	 */
	public function means( \WP_User $user ): bool {
		return ( $this->remote_id ?? $user->ID ) === $user->ID
			&& ( $this->remote_login ?? $user->user_login ) === $user->user_login
			&& ( null === $this->registered || strtotime( $this->registered ) === strtotime( Job_Outcome::registered( $user ) ) );
	}

	/**
	 * The same job of a source that has no link.
	 */
	public function without_link(): self {
		return new self(
			$this->is_delete,
			$this->user_id,
			$this->login,
			$this->texts,
			$this->meta,
			$this->roles,
			$this->password,
			$this->hash,
			null,
			null,
			null,
			null,
			$this->held,
			$this->mark,
			$this->proved,
			$this->heir
		);
	}

	/**
	 * The meta.
	 *
	 * @param Received_Fields $user The user.
	 * @return array<string, mixed>
	 * @throws Bad_Job If it is too large.
	 */
	private static function meta( Received_Fields $user ): array {
		$meta = $user->map( 'meta_input' );
		if ( count( $meta ) > 500 ) {
			throw new Bad_Job( 'user.meta_input', 'has too many keys' );
		}
		foreach ( $meta as $key => $value ) {
			if ( strlen( (string) wp_json_encode( $value ) ) > self::LARGEST_META ) {
				throw new Bad_Job( 'user.meta_input.' . substr( (string) $key, 0, 100 ), 'is too long' );
			}
		}
		return $meta;
	}

	/**
	 * The digests.
	 *
	 * @param Received_Fields $job The job.
	 * @return array<string, string>
	 * @throws Bad_Job If one is none.
	 */
	private static function held( Received_Fields $job ): array {
		$held = $job->map( 'held' );
		foreach ( $held as $field => $digest ) {
			if ( ! is_string( $digest ) || strlen( $digest ) > 64 ) {
				throw new Bad_Job( 'held.' . substr( (string) $field, 0, 100 ), 'must be a digest' );
			}
		}
		return $held;
	}
}
