<?php
/**
 * The remote id where others look for it.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * `user_id_2`: the user meta in which the well-known tutorial keeps the id on the second site.
 *
 * Kept for others to read. What it holds is never trusted: any profile plugin lets people write user meta.
 */
final class Remote_Id_Meta {

	/** The key. */
	public const KEY = 'user_id_2';

	/**
	 * Whether this site's ids are kept there.
	 *
	 * @param string $site Name of a site.
	 */
	public static function is_for( string $site ): bool {
		return Sites::ONLY === $site && ! is_multisite();
	}

	/**
	 * Notes the id.
	 *
	 * @param string   $site      Name of the site.
	 * @param int      $user_id   User.
	 * @param int      $remote_id Their id there.
	 * @param int|null $noted     The id that is noted already.
	 */
	public static function note( string $site, int $user_id, int $remote_id, ?int $noted ): void {
		if ( $remote_id !== $noted && self::is_for( $site ) ) {
			update_user_meta( $user_id, self::KEY, $remote_id );
		}
	}
}
