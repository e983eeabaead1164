<?php
/**
 * What is held, over the users.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Asks whether so many destructive changes at a site were meant, and says whose they are.
 */
final class Held_Bar {

	/** Users who are named at most; the rest is in the table. */
	private const NAMED = 20;

	/**
	 * Asks for a site.
	 *
	 * @param Held_Changes $held   What is held of it.
	 * @param Link_Report  $report The users.
	 */
	public function __construct( private readonly Held_Changes $held, private readonly Link_Report $report ) {
	}

	/**
	 * Prints it.
	 */
	public function show(): void {
		$site = $this->held->site;
		printf( '<div class="notice notice-error inline rudr-sync-held" data-site="%s">', esc_attr( $site ) );
		/* translators: 1: short name of a site, 2: such as "23 removals, 2 changes of address or role". */
		printf( '<p><strong>%s</strong></p>', esc_html( sprintf( __( 'Held back from %1$s, since there were too many within an hour: %2$s', 'rudr-sync' ), $site, $this->held->words() ) ) );
		printf( '<p>%s</p>', esc_html__( 'Confirm what is meant. Discard what was a mistake: the accounts there stay as they are. Of who was removed here it is then forgotten whose account that was; whoever is here follows again with their next change.', 'rudr-sync' ) );
		$this->names();
		Screen_Form::begin( Sync_Actions::HELD, 'rudr-sync-held-' . md5( $site ) );
		printf( '<input type="hidden" name="site" value="%s"><p>', esc_attr( $site ) );
		printf( '<button type="submit" class="button" name="answer" value="%s">%s</button> ', esc_attr( Held_Command::CONFIRM ), esc_html__( 'Confirm all', 'rudr-sync' ) );
		printf( '<button type="submit" class="button" name="answer" value="%s">%s</button></p></form></div>', esc_attr( Held_Command::DISCARD ), esc_html__( 'Discard all', 'rudr-sync' ) );
	}

	/**
	 * Prints whose they are.
	 */
	private function names(): void {
		$lines = $this->report->lines( Link_Report::HELD, $this->held->site, self::NAMED );
		printf( '<details><summary>%s</summary><ul class="ul-disc">', esc_html__( 'Whose they are', 'rudr-sync' ) );
		foreach ( $lines as $line ) {
			printf( '<li><strong>%s</strong>: %s</li>', esc_html( $line->name() ), esc_html( (string) $line->message ) );
		}
		$url = Screen_Url::of(
			array(
				'show' => Link_Report::HELD,
				'of'   => $this->held->site,
			)
		) . '#users';
		printf( '</ul><p><a href="%s">%s</a></p></details>', esc_url( $url ), esc_html__( 'All of them, one by one', 'rudr-sync' ) );
	}
}
