<?php
/**
 * A user as they are now.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What Snapshot read of one user.
 */
final class Person {

	/**
	 * A user.
	 *
	 * @param int                  $id         Local id.
	 * @param array<string, mixed> $fields     In the words of `wp_insert_user()`, without the password.
	 * @param string[]             $roles      Their roles here.
	 * @param bool                 $privileged Whether they may edit users or options here.
	 * @param string               $hash       Their stored password hash.
	 * @param string|null          $mark       The stored mark of the password.
	 * @param string|null          $proof      The stored proof of the address.
	 * @param int|null             $claimed_id The id on the other site that somebody noted in user meta.
	 * @param int                  $registered When they registered, Unix seconds.
	 */
	public function __construct(
		public readonly int $id,
		public readonly array $fields,
		public readonly array $roles,
		public readonly bool $privileged,
		#[\SensitiveParameter] public readonly string $hash,
		public readonly ?string $mark,
		public readonly ?string $proof,
		public readonly ?int $claimed_id,
		public readonly int $registered
	) {
	}
}
