<?php
/**
 * Moved, or a copy?
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Asks administrators, on every page of wp-admin, since nothing is delivered until one of them says.
 */
final class Identity_Question {

	/**
	 * Asks if it is not known.
	 *
	 * @param Identity $identity Which install this is.
	 */
	public function __construct( private readonly Identity $identity ) {
	}

	/**
	 * Prints it, to who may answer.
	 */
	public function show(): void {
		if ( Identity::UNSURE !== $this->identity->hold() ) {
			return;
		}
		printf( '<div class="notice notice-warning rudr-sync-identity"><p><strong>%s</strong></p>', esc_html__( 'Rudr Sync: has this site moved, or is it a copy?', 'rudr-sync' ) );
		printf( '<p>%s</p>', esc_html__( 'Its address, environment type or database is another than before. Until you say which it is nothing is sent to other sites; changes of users are noted.', 'rudr-sync' ) );
		Screen_Form::begin( Sync_Actions::IDENTITY, 'rudr-sync-identity' );
		echo '<p>';
		printf( '<button type="submit" class="button" name="answer" value="%s">%s</button> ', esc_attr( Identity::MOVED ), esc_html__( 'It has moved: go on', 'rudr-sync' ) );
		printf( '<button type="submit" class="button" name="answer" value="%s">%s</button>', esc_attr( Identity::COPY ), esc_html__( 'It is a copy: disconnect it from all sites', 'rudr-sync' ) );
		echo '</p></form></div>';
	}
}
