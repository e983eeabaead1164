<?php
/**
 * The beginning of our forms.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Prints what every form of the screen begins with: where it goes, what it asks for, and that it is ours.
 */
final class Screen_Form {

	/** Field of the nonce. Not core's usual one: its tables print one of their own under that name. */
	public const NONCE = 'rudr_sync_nonce';

	/**
	 * Prints it.
	 *
	 * @param string      $action Its name, such as one of Sync_Actions'.
	 * @param string      $id     The form's id.
	 * @param string|null $url    Where it is taken, if not by admin-post.php.
	 */
	public static function begin( string $action, string $id, ?string $url = null ): void {
		printf( '<form method="post" action="%s" id="%s">', esc_url( $url ?? admin_url( 'admin-post.php' ) ), esc_attr( $id ) );
		printf( '<input type="hidden" name="action" value="%s">', esc_attr( $action ) );
		if ( is_network_admin() ) {
			printf( '<input type="hidden" name="%s" value="1">', esc_attr( Screen_Url::NETWORK ) );
		}
		wp_nonce_field( $action, self::NONCE );
	}
}
