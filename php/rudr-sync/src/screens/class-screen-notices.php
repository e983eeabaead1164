<?php
/**
 * What came of a form, on the page after it.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Prints a Flash as core prints its notices.
 */
final class Screen_Notices {

	/**
	 * Prints it.
	 *
	 * @param Flash $flash What there is to say.
	 */
	public static function show( Flash $flash ): void {
		foreach ( $flash->notices as $notice ) {
			printf( '<div class="notice notice-%s is-dismissible"><p>%s</p>', esc_attr( $notice['kind'] ), esc_html( $notice['text'] ) );
			if ( $notice['more'] ) {
				echo '<ul class="ul-disc">';
				foreach ( $notice['more'] as $line ) {
					printf( '<li>%s</li>', esc_html( $line ) );
				}
				echo '</ul>';
			}
			echo '</div>';
		}
		if ( $flash->check ) {
			self::check( $flash->check['site'], $flash->check['steps'] );
		}
	}

	/**
	 * Prints the steps of a check.
	 *
	 * @param string                                                                  $site  Name of the site.
	 * @param array<int, array{check: string, ok: bool, detail: string, fix: string}> $steps The steps.
	 */
	private static function check( string $site, array $steps ): void {
		$good = Check_Command::is_good( $steps );
		$text = $good
			/* translators: %s: short name of a site. */
			? __( 'The connection to %s works.', 'rudr-sync' )
			/* translators: %s: short name of a site. */
			: __( 'The connection to %s does not work.', 'rudr-sync' );
		printf(
			'<div class="notice notice-%s is-dismissible rudr-sync-check"><p><strong>%s</strong></p><ol>',
			$good ? 'success' : 'error',
			esc_html( sprintf( $text, $site ) )
		);
		foreach ( $steps as $step ) {
			printf(
				'<li class="%1$s"><span class="dashicons dashicons-%2$s" aria-hidden="true"></span><span class="screen-reader-text">%3$s</span> <strong>%4$s:</strong> %5$s',
				$step['ok'] ? 'is-good' : 'is-bad',
				$step['ok'] ? 'yes' : 'no',
				$step['ok'] ? esc_html__( 'works', 'rudr-sync' ) : esc_html__( 'does not work', 'rudr-sync' ),
				esc_html( self::question( $step['check'] ) ),
				esc_html( $step['detail'] )
			);
			if ( '' !== $step['fix'] ) {
				printf( '<p class="rudr-sync-fix">%s</p>', esc_html( $step['fix'] ) );
			}
			echo '</li>';
		}
		echo '</ol></div>';
	}

	/**
	 * What a step asks, in a person's words; the extension's own word for one that is new.
	 *
	 * @param string $check The extension's word.
	 */
	private static function question( string $check ): string {
		return match ( $check ) {
			'extension' => __( 'PHP extension', 'rudr-sync' ),
			'definition' => __( 'Definition', 'rudr-sync' ),
			'password' => __( 'Stored password', 'rudr-sync' ),
			'address' => __( 'Address', 'rudr-sync' ),
			'connect' => __( 'Connection', 'rudr-sync' ),
			'tls' => __( 'Certificate', 'rudr-sync' ),
			'redirect' => __( 'Redirect', 'rudr-sync' ),
			'wordpress' => __( 'WordPress', 'rudr-sync' ),
			'application_passwords' => __( 'Application passwords', 'rudr-sync' ),
			'login' => __( 'Login', 'rudr-sync' ),
			'receiver' => __( 'Receiver', 'rudr-sync' ),
			'rights' => __( 'Rights', 'rudr-sync' ),
			default => $check,
		};
	}
}
