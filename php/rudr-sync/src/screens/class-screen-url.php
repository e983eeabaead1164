<?php
/**
 * Addresses of the screen.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Where *Users → Sync* and its parts are.
 */
final class Screen_Url {

	/** The screen's slug. */
	public const PAGE = 'rudr-sync';

	/** Field of our forms that says that they stand in the network's admin: admin-post.php is the same for all. */
	public const NETWORK = 'rudr_sync_network';

	/**
	 * The screen, or a part of it.
	 *
	 * @param array<string, string|int> $args    Query.
	 * @param bool|null                 $network In the network's admin; null: wherever this is.
	 */
	public static function of( array $args = array(), ?bool $network = null ): string {
		$users = ( $network ?? is_network_admin() ) ? network_admin_url( 'users.php' ) : admin_url( 'users.php' );
		return add_query_arg( array( 'page' => self::PAGE ) + array_map( 'rawurlencode', array_map( 'strval', $args ) ), $users );
	}
}
