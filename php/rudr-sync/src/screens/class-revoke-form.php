<?php
/**
 * The question before an agent is revoked.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Asks, and says what stops and what stays.
 */
final class Revoke_Form {

	/**
	 * Asks for an agent.
	 *
	 * @param Agent_Line $agent The agent.
	 */
	public function __construct( private readonly Agent_Line $agent ) {
	}

	/**
	 * Prints it.
	 */
	public function show(): void {
		printf( '<div class="wrap rudr-sync"><h1>%s</h1>', esc_html__( 'Revoke agent', 'rudr-sync' ) );
		Screen_Form::begin( Receiver_Actions::REVOKE, 'rudr-sync-revoke' );
		printf( '<input type="hidden" name="agent" value="%s">', esc_attr( $this->agent->id ) );
		printf(
			'<p>%s</p><ul class="ul-disc">',
			esc_html(
				null === $this->agent->source
					/* translators: %s: name of an agent. */
					? sprintf( __( 'Nobody has used the agent "%s" yet, and nobody will be able to.', 'rudr-sync' ), $this->agent->name )
					/* translators: 1: name of an agent, 2: the beginning of a site's uuid. */
					: sprintf( __( 'The site %2$s will no longer be able to write here by the agent "%1$s".', 'rudr-sync' ), $this->agent->name, Agent_Line::short( $this->agent->source ) )
			)
		);
		foreach ( array(
			__( 'The application password ends at once. Its administrator is told by the other site; what changes there waits.', 'rudr-sync' ),
			__( 'The accounts here stay as they are.', 'rudr-sync' ),
			__( 'They stay that site\'s. With a new agent it goes on where it stopped.', 'rudr-sync' ),
		) as $line ) {
			printf( '<li>%s</li>', esc_html( $line ) );
		}
		echo '</ul><p class="submit">';
		submit_button( __( 'Revoke agent', 'rudr-sync' ), 'primary', 'submit', false );
		printf( ' <a href="%s" class="button button-secondary">%s</a>', esc_url( Screen_Url::of( array( 'part' => Screen_Tabs::RECEIVER ) ) ), esc_html__( 'Cancel', 'rudr-sync' ) );
		echo '</p></form></div>';
	}
}
