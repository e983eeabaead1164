<?php
/**
 * A link.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The tie between a local user and their account on a site, as its row was read under a lease. Times are Unix seconds of
 * the database's clock.
 */
final class Link {

	/**
	 * A row.
	 *
	 * @param string      $site           Name of the site.
	 * @param int         $user_id        Local user.
	 * @param int|null    $remote_id      Their account there.
	 * @param string|null $remote_login   Its login.
	 * @param string|null $trust          'own', 'adopted' or NAMED; never without an account. An account without it is somebody's claim.
	 * @param bool        $removed        The user is to be gone there.
	 * @param string      $login          Of a removed user: login.
	 * @param string      $email          Of a removed user: address.
	 * @param int|null    $heir_id        Of a removed user: local heir.
	 * @param bool        $was_privileged Of a removed user: they could edit users or options here.
	 * @param int         $revision       As read.
	 * @param bool        $unsettled      A request is still at work on the user.
	 * @param string|null $base           The extension's note of what the site holds.
	 * @param string|null $secret         A sealed password.
	 * @param string|null $received       What came from the site since, see Arrival.
	 * @param string|null $code           Why it waits, if it does.
	 * @param string|null $message        The same for a person.
	 * @param int|null    $tried_at       First of the writes whose answers never came.
	 * @param int|null    $tried_last     Last of them.
	 * @param string|null $tried_email    The address that a create among them carried.
	 * @param string|null $confirmed      An administrator's word, see Confirmation.
	 * @param bool        $retry          A person has ordered it: what the site refused before goes again.
	 * @param bool        $released       An administrator has confirmed what was held.
	 * @param int         $attempts       Tries since the last success.
	 * @param int         $failing        Seconds for which they have failed.
	 * @param int         $read           When this was read, by the database.
	 * @param int         $read_here      The same by hrtime().
	 */
	private function __construct(
		public readonly string $site,
		public readonly int $user_id,
		public readonly ?int $remote_id,
		public readonly ?string $remote_login,
		public readonly ?string $trust,
		public readonly bool $removed,
		public readonly string $login,
		public readonly string $email,
		public readonly ?int $heir_id,
		public readonly bool $was_privileged,
		public readonly int $revision,
		public readonly bool $unsettled,
		public readonly ?string $base,
		public readonly ?string $secret,
		public readonly ?string $received,
		public readonly ?string $code,
		public readonly ?string $message,
		public readonly ?int $tried_at,
		public readonly ?int $tried_last,
		public readonly ?string $tried_email,
		public readonly ?string $confirmed,
		public readonly bool $retry,
		public readonly bool $released,
		public readonly int $attempts,
		public readonly int $failing,
		private readonly int $read,
		private readonly int $read_here
	) {
	}

	/**
	 * Reads a row of Links::held().
	 *
	 * @param array<string, string|null> $row The row.
	 */
	public static function of_row( array $row ): self {
		$number = static fn( string $key ): ?int => isset( $row[ $key ] ) ? (int) $row[ $key ] : null;
		return new self(
			(string) $row['site'],
			(int) $row['user_id'],
			$number( 'remote_id' ),
			$row['remote_login'],
			$row['trust'],
			Links::ABSENT === $row['want'],
			(string) $row['login'],
			(string) $row['email'],
			$number( 'reassign' ),
			(bool) $row['privileged'],
			(int) $row['revision'],
			(bool) $row['unsettled'],
			$row['base'],
			$row['secret'],
			$row['received'],
			$row['code'],
			$row['message'],
			$number( 'tried_at' ),
			$number( 'tried_last' ),
			$row['tried_email'],
			$row['confirmed'],
			(bool) $row['retry'],
			(bool) $row['released'],
			(int) $row['attempts'],
			(int) $row['failing'],
			(int) $row['now'],
			hrtime( true )
		);
	}

	/**
	 * The database's time, in Unix seconds.
	 */
	public function now(): int {
		return $this->read + intdiv( hrtime( true ) - $this->read_here, 1_000_000_000 );
	}

	/**
	 * Whether a person has unlinked the user: nothing is sent until one says otherwise.
	 */
	public function is_unlinked(): bool {
		return Links::UNLINKED === $this->code;
	}

	/**
	 * Whether the user is removed, and their id another's by now: a database gives the highest out anew after a restart, say.
	 *
	 * @param string|null $login Login of who has the id; null: nobody.
	 */
	public function is_succeeded( ?string $login ): bool {
		return $this->removed && '' !== $this->login && null !== $login && 0 !== strcasecmp( $login, $this->login );
	}

	/**
	 * Whether a destructive change waits for an administrator.
	 */
	public function is_held(): bool {
		return Links::HELD === $this->code;
	}
}
