<?php
/**
 * A hasher for one hash.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * `wp_insert_user()` wants a password and hashes it, which takes as long as all the rest, for a password that nobody is ever
 * to use. `wp_hash_password()` asks whatever the global `$wp_hasher` holds: for the one call that comes next, this. Then what
 * was there before is there again: left there, it would turn bcrypt off.
 */
final class Stand_In_Hasher {

	/**
	 * Stands in.
	 *
	 * @param mixed  $before   What the global held.
	 * @param string $password The password that is not hashed.
	 * @param string $mark     What is stored instead.
	 */
	private function __construct( private readonly mixed $before, #[\SensitiveParameter] private readonly string $password, private readonly string $mark ) {
	}

	/**
	 * Puts it in place.
	 *
	 * @param string $password The password that is not to be hashed.
	 * @param string $mark     What is stored instead.
	 */
	public static function install( #[\SensitiveParameter] string $password, string $mark ): self {
		global $wp_hasher;
		$self = new self( $wp_hasher ?? null, $password, $mark );
		// phpcs:ignore WordPress.WP.GlobalVariablesOverride.Prohibited -- this is what it is for.
		$wp_hasher = $self;
		return $self;
	}

	/**
	 * Takes it away again.
	 */
	public function remove(): void {
		global $wp_hasher;
		if ( $wp_hasher === $this ) {
			// phpcs:ignore WordPress.WP.GlobalVariablesOverride.Prohibited -- as it was.
			$wp_hasher = $this->before;
		}
	}

	/**
	 * By the name that `wp_hash_password()` calls.
	 *
	 * @param string $password A password.
	 */
	public function HashPassword( #[\SensitiveParameter] string $password ): string { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- core's.
		$this->remove();
		return $password === $this->password ? $this->mark : wp_hash_password( $password );
	}

	/**
	 * By the name that `wp_check_password()` calls.
	 *
	 * @param string $password A password.
	 * @param string $hash     A hash.
	 */
	public function CheckPassword( #[\SensitiveParameter] string $password, #[\SensitiveParameter] string $hash ): bool { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- core's.
		$this->remove();
		return wp_check_password( $password, $hash );
	}
}
