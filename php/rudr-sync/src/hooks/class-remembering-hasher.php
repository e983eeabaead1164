<?php
/**
 * The seam through which WordPress before 6.8 shows every password.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Core's own hasher, which remembers for this request what it hashed, by the hash that it returned.
 *
 * Before 6.8 `wp_hash_password()` uses whatever object the global `$wp_hasher` holds, and some changes of a password show
 * the plaintext to no hook. Activation keys pass through here too: a plaintext counts only if its hash is the one in the
 * user's row.
 */
final class Remembering_Hasher extends \PasswordHash {

	/**
	 * What core itself would use.
	 *
	 * @param \Closure $seen Told hash and plaintext.
	 */
	private function __construct( private readonly \Closure $seen ) {
		parent::__construct( 8, true );
	}

	/**
	 * Puts itself where core looks, unless another plugin has put its own hasher there.
	 *
	 * @param \Closure $seen Told hash and plaintext.
	 */
	public static function install( \Closure $seen ): void {
		global $wp_hasher;

		if ( empty( $wp_hasher ) || \PasswordHash::class === get_class( $wp_hasher ) ) {
			$wp_hasher = new self( $seen ); // phpcs:ignore WordPress.WP.GlobalVariablesOverride.Prohibited -- the seam itself.
		}
	}

	/**
	 * Hashes.
	 *
	 * @param string $password Plaintext.
	 * @return string
	 */
	public function HashPassword( #[\SensitiveParameter] $password ) { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName.MethodNameInvalid -- core's name.
		$hash = parent::HashPassword( $password );
		( $this->seen )( $hash, (string) $password );
		return $hash;
	}
}
