<?php
/**
 * One user of one source.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A row of Received, while a job is at work on it.
 */
final class Received_Row {

	/**
	 * A row.
	 *
	 * @param string      $source   The source's uuid.
	 * @param int         $user_id  Its own id of the user.
	 * @param int|null    $local_id The account here.
	 * @param string|null $trust    Whose it is.
	 * @param bool        $complete Whether a job has been through to its last step.
	 * @param string      $token    What an account that is being made bears instead of a password.
	 * @param bool        $is_gone  Whether it was removed, not long ago.
	 */
	private function __construct(
		public readonly string $source,
		public readonly int $user_id,
		public ?int $local_id,
		public ?string $trust,
		public bool $complete,
		private readonly string $token,
		public bool $is_gone
	) {
	}

	/**
	 * From what the database gave.
	 *
	 * @param object $row The row.
	 */
	public static function of( object $row ): self {
		return new self(
			$row->source,
			(int) $row->user_id,
			null === $row->local_id ? null : (int) $row->local_id,
			$row->trust,
			(bool) $row->complete,
			$row->token,
			(bool) $row->is_gone
		);
	}

	/**
	 * What stands in the place of the password of an account that is being made: no password fits it, in any version of
	 * WordPress, and by it the account is known for ours after a crash. It is written in the same statement as the account.
	 */
	public function mark(): string {
		return '!rudr-sync ' . $this->token;
	}

	/**
	 * The row's key.
	 *
	 * @return array<string, mixed>
	 */
	public function key(): array {
		return array(
			'source'  => $this->source,
			'user_id' => $this->user_id,
		);
	}
}
