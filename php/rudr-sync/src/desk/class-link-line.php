<?php
/**
 * A link, for a person to read.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What Link_Report read of one link.
 */
final class Link_Line {

	/** `code` of a link that a person took away: the user does not follow there until one says otherwise. */
	public const UNLINKED = 'unlinked';

	/**
	 * A link.
	 *
	 * @param string      $site         Name of the site.
	 * @param int         $user_id      Local user.
	 * @param string|null $login        Their login, also of who was removed.
	 * @param string|null $email        Their address here.
	 * @param bool        $missing      There is no such user here any more.
	 * @param bool        $removed      They are to be gone there.
	 * @param int|null    $remote_id    Their account there.
	 * @param string|null $remote_login Its login.
	 * @param string|null $trust        'own', 'adopted', or 'named': a person says so, and nobody has looked yet.
	 * @param string|null $code         Why they are not in step, in one word.
	 * @param string|null $message      The same in a sentence.
	 * @param int         $attempts     Tries since the last success.
	 * @param bool        $in_step      In step, but for fields that the site would not take.
	 * @param int|null    $due          Seconds until the next try.
	 * @param int|null    $last_success Seconds since the last.
	 */
	private function __construct(
		public readonly string $site,
		public readonly int $user_id,
		public readonly ?string $login,
		public readonly ?string $email,
		public readonly bool $missing,
		public readonly bool $removed,
		public readonly ?int $remote_id,
		public readonly ?string $remote_login,
		public readonly ?string $trust,
		public readonly ?string $code,
		public readonly ?string $message,
		public readonly int $attempts,
		public readonly bool $in_step,
		public readonly ?int $due,
		public readonly ?int $last_success
	) {
	}

	/**
	 * Reads a row of Link_Report::lines().
	 *
	 * @param array<string, string|null> $row The row.
	 */
	public static function of_row( array $row ): self {
		$number = static fn( string $key ): ?int => isset( $row[ $key ] ) ? (int) $row[ $key ] : null;
		return new self(
			(string) $row['site'],
			(int) $row['user_id'],
			$row['login'],
			$row['email'],
			(bool) $row['missing'],
			Links::ABSENT === $row['want'],
			$number( 'remote_id' ),
			$row['remote_login'],
			$row['trust'],
			$row['code'],
			$row['message'],
			(int) $row['attempts'],
			(bool) $row['in_step'],
			$number( 'due' ),
			$number( 'last_success' )
		);
	}

	/**
	 * What to call the user.
	 */
	public function name(): string {
		return (string) $this->login !== '' ? (string) $this->login : '#' . $this->user_id;
	}

	/**
	 * How it stands, in one word: 'in_step', 'partly' (in step, but for fields that the site would not take), 'waiting',
	 * 'retrying', 'failed' (nothing happens until somebody acts), 'unlinked' (nothing is to happen), 'held' (an administrator is
	 * to say whether it is meant) or 'discarded' (it was not, and the account was left as it is).
	 */
	public function state(): string {
		if ( self::UNLINKED === $this->code ) {
			return 'unlinked';
		}
		if ( Links::HELD === $this->code ) {
			return 'held';
		}
		if ( $this->in_step ) {
			return match ( $this->code ) {
				null => 'in_step',
				Links::DISCARDED => 'discarded',
				default => 'partly',
			};
		}
		if ( null === $this->code || Links::DISCARDED === $this->code ) {
			return 'waiting';
		}
		return null === $this->due ? 'failed' : 'retrying';
	}

	/**
	 * Whether an administrator's word can help: an account with this address is there, or may be, and nobody has shown that it
	 * is theirs.
	 */
	public function can_be_confirmed(): bool {
		return in_array( $this->code, array( 'unproven', self::UNLINKED ), true ) && null === $this->remote_id && ! $this->removed;
	}
}
