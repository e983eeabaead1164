<?php
/**
 * A suspended account, for a person to read.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What Suspended_List read of one.
 */
final class Suspended_Line {

	/**
	 * An account.
	 *
	 * @param int         $user_id Its id.
	 * @param string      $login   Its login.
	 * @param string[]    $roles   The roles that it had.
	 * @param int|null    $since   Seconds since it was suspended, if that is known.
	 * @param string|null $source  The uuid of the site that wanted it gone.
	 */
	public function __construct(
		public readonly int $user_id,
		public readonly string $login,
		public readonly array $roles,
		public readonly ?int $since,
		public readonly ?string $source
	) {
	}
}
