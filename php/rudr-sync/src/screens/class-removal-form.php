<?php
/**
 * The question before a site is removed.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Asks, as core does before it deletes users, and says what is lost.
 */
final class Removal_Form {

	/**
	 * Asks for a site.
	 *
	 * @param Site_Status $site The site, and how it stands.
	 */
	public function __construct( private readonly Site_Status $site ) {
	}

	/**
	 * Prints it.
	 */
	public function show(): void {
		printf( '<div class="wrap rudr-sync"><h1>%s</h1>', esc_html__( 'Remove site', 'rudr-sync' ) );
		Screen_Form::begin( Sync_Actions::REMOVE, 'rudr-sync-remove' );
		printf( '<input type="hidden" name="site" value="%s">', esc_attr( $this->site->name ) );
		$site = $this->site;
		/* translators: 1: short name of a site, 2: its address. */
		$text = '' === $site->url ? sprintf( __( 'Users will no longer follow to %1$s.', 'rudr-sync' ), $site->name ) : sprintf( __( 'Users will no longer follow to %1$s (%2$s).', 'rudr-sync' ), $site->name, $site->url );
		printf( '<p>%s</p><ul class="ul-disc">', esc_html( $text ) );
		$users = $site->in_step + $site->waiting + $site->retrying + $site->failed + $site->staying + $site->held_back + $site->unlinked;
		$lines = array(
			__( 'The accounts there stay as they are.', 'rudr-sync' ),
			/* translators: %s: number of users. */
			sprintf( _n( 'Whose account is whose is forgotten (%s user). If you add the site again, users have to prove that the accounts are theirs.', 'Whose account is whose is forgotten (%s users). If you add the site again, users have to prove that the accounts are theirs.', $users, 'rudr-sync' ), number_format_i18n( $users ) ),
			__( 'The application password is forgotten here. Revoke it there too: an agent under Users → Sync, another account in its profile.', 'rudr-sync' ),
		);
		$left = $site->waiting + $site->retrying + $site->failed + $site->held_back;
		if ( $left > 0 ) {
			/* translators: %s: number of users. */
			$lines[] = sprintf( _n( 'Changes of %s user have not been sent yet, and will not be.', 'Changes of %s users have not been sent yet, and will not be.', $left, 'rudr-sync' ), number_format_i18n( $left ) );
		}
		foreach ( $lines as $line ) {
			printf( '<li>%s</li>', esc_html( $line ) );
		}
		echo '</ul><p class="submit">';
		submit_button( __( 'Remove site', 'rudr-sync' ), 'primary', 'submit', false );
		printf( ' <a href="%s" class="button button-secondary">%s</a>', esc_url( Screen_Url::of() ), esc_html__( 'Cancel', 'rudr-sync' ) );
		echo '</p></form></div>';
	}
}
