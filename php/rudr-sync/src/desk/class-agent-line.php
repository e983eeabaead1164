<?php
/**
 * An agent, for a person to read.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * One application password that opens the receiver: what a person calls an agent, since each is for one site. There is nothing in
 * it of the password itself.
 */
final class Agent_Line {

	/**
	 * An agent.
	 *
	 * @param string      $id        The application password's uuid.
	 * @param int         $user_id   The account that it is of.
	 * @param string      $login     That account's login.
	 * @param string      $name      What it was called.
	 * @param bool        $ours      Whether it was made as an agent's. Else somebody gave a person's account the capability.
	 * @param string|null $source    The uuid of the site that it speaks for; null: nobody has called with it yet.
	 * @param int|null    $created   When it was made, Unix seconds.
	 * @param int|null    $last_used When it was last used, Unix seconds; WordPress notes that once a day.
	 * @param string|null $last_ip   From which address it was then.
	 */
	private function __construct(
		public readonly string $id,
		public readonly int $user_id,
		public readonly string $login,
		public readonly string $name,
		public readonly bool $ours,
		public readonly ?string $source,
		public readonly ?int $created,
		public readonly ?int $last_used,
		public readonly ?string $last_ip
	) {
	}

	/**
	 * Reads it.
	 *
	 * @param \WP_User             $user The account.
	 * @param array<string, mixed> $item The application password, as WordPress keeps it.
	 */
	public static function of( \WP_User $user, array $item ): self {
		$uuid = (string) $item['uuid'];
		$name = (string) ( $item['name'] ?? '' );
		return new self(
			$uuid,
			$user->ID,
			$user->user_login,
			str_starts_with( $name, Agent::NAMED ) ? substr( $name, strlen( Agent::NAMED ) ) : $name,
			Agent::is_only( $user ) || Agent::APP_ID === ( $item['app_id'] ?? '' ),
			Agent::source( $user->ID, $uuid ),
			isset( $item['created'] ) ? (int) $item['created'] : null,
			isset( $item['last_used'] ) ? (int) $item['last_used'] : null,
			isset( $item['last_ip'] ) ? (string) $item['last_ip'] : null
		);
	}

	/**
	 * A uuid as short as a person can compare it.
	 *
	 * @param string $uuid The uuid.
	 */
	public static function short( string $uuid ): string {
		return substr( $uuid, 0, 8 ) . '…';
	}
}
