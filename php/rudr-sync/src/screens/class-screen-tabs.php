<?php
/**
 * The tabs of Users → Sync.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Prints the two sides of the screen: where users of this site go, and who sends users here.
 */
final class Screen_Tabs {

	/** The part that is this site as a receiver. */
	public const RECEIVER = 'receiver';

	/**
	 * Prints them, for those who may see both.
	 *
	 * @param string $part Which is open: '' or RECEIVER.
	 */
	public static function show( string $part ): void {
		if ( ! Access::to_receiver() ) {
			return;
		}
		printf( '<nav class="nav-tab-wrapper wp-clearfix" aria-label="%s">', esc_attr__( 'Sync', 'rudr-sync' ) );
		foreach ( array(
			''             => __( 'Users who follow from here', 'rudr-sync' ),
			self::RECEIVER => __( 'This site as a receiver', 'rudr-sync' ),
		) as $name => $label ) {
			printf(
				'<a href="%s" class="nav-tab%s"%s>%s</a>',
				esc_url( Screen_Url::of( '' === $name ? array() : array( 'part' => $name ) ) ),
				$name === $part ? ' nav-tab-active' : '',
				$name === $part ? ' aria-current="page"' : '',
				esc_html( $label )
			);
		}
		echo '</nav>';
	}
}
