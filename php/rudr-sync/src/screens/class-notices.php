<?php
/**
 * Notices in wp-admin.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Prints what needs a person, to administrators, where they look for it.
 */
final class Notices {

	/** Screens on which sites and users in trouble are listed. */
	private const SCREENS = array( 'dashboard', 'plugins', 'users', 'user', 'user-edit' );

	/**
	 * Asks there.
	 *
	 * @param Troubles $troubles What there is to say.
	 */
	public function __construct( private readonly Troubles $troubles ) {
	}

	/**
	 * Prints them.
	 */
	public function show(): void {
		$this->notice( 'error', __( 'Rudr Sync cannot work:', 'rudr-sync' ), $this->troubles->with_the_setup() );

		$screen = get_current_screen();
		if ( $screen && in_array( preg_replace( '/-network$/', '', $screen->base ), self::SCREENS, true ) && current_user_can( 'list_users' ) ) {
			$this->notice( 'error', __( 'Rudr Sync: sites that need you:', 'rudr-sync' ), $this->troubles->with_sites() );
			$this->notice( 'error', __( 'Rudr Sync: changes are held, since there were too many at once. Confirm or discard them:', 'rudr-sync' ), $this->troubles->held() );
			$this->notice( 'warning', __( 'Rudr Sync: users who are not in step and need you:', 'rudr-sync' ), $this->troubles->with_users() );
		}
	}

	/**
	 * Prints one.
	 *
	 * @param string   $kind     'error' or 'warning'.
	 * @param string   $title    What they have in common.
	 * @param string[] $troubles The troubles.
	 */
	private function notice( string $kind, string $title, array $troubles ): void {
		if ( ! $troubles ) {
			return;
		}
		printf( '<div class="notice notice-%s rudr-sync"><p><strong>%s</strong></p><ul>', esc_attr( $kind ), esc_html( $title ) );
		foreach ( $troubles as $trouble ) {
			printf( '<li>%s</li>', esc_html( $trouble ) );
		}
		echo '</ul>';
		if ( Access::is_given() ) {
			printf( '<p><a href="%s">%s</a></p>', esc_url( Screen_Url::of( array(), is_multisite() ) ), esc_html__( 'See to it under Users → Sync', 'rudr-sync' ) );
		}
		echo '</div>';
	}
}
