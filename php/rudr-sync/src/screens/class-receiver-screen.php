<?php
/**
 * Users → Sync → This site as a receiver.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Prints who may write to this site, by which rules, and whom they have had suspended.
 */
final class Receiver_Screen {

	/** The part that asks before an agent is revoked. */
	public const REVOKE = 'revoke';

	/** The parts of the screen that are this. */
	public const PARTS = array( Screen_Tabs::RECEIVER, self::REVOKE );

	/**
	 * Prints these.
	 *
	 * @param Receiver_Desk $desk  What there is to show.
	 * @param New_Agent     $make  The form that makes an agent, and what came of it.
	 * @param Flash         $flash What came of the other forms.
	 */
	public function __construct( private readonly Receiver_Desk $desk, private readonly New_Agent $make, private readonly Flash $flash ) {
	}

	/**
	 * Prints a part.
	 *
	 * @param string $part One of PARTS.
	 */
	public function show( string $part ): void {
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended -- it only says what to show.
		$id    = isset( $_GET['agent'] ) ? sanitize_text_field( wp_unslash( $_GET['agent'] ) ) : '';
		$agent = self::REVOKE === $part ? $this->desk->agents->find( $id ) : null;
		if ( $agent && $agent->ours ) {
			( new Revoke_Form( $agent ) )->show();
			return;
		}
		$this->all();
	}

	/**
	 * Prints the first part.
	 */
	private function all(): void {
		printf( '<div class="wrap rudr-sync"><h1>%s</h1><hr class="wp-header-end">', esc_html__( 'Sync', 'rudr-sync' ) );
		Screen_Notices::show( $this->flash );
		$this->make->show_made();
		Screen_Tabs::show( Screen_Tabs::RECEIVER );
		$this->introduction();
		$this->agents();
		printf( '<h2>%s</h2><p>%s</p>', esc_html__( 'Rules', 'rudr-sync' ), esc_html__( 'No agent gets further than this, whatever the other site wants. Administrators of this site are never touched, and nobody is made one.', 'rudr-sync' ) );
		( new Receiver_Form( $this->desk->rules, $this->flash ) )->show();
		$this->suspended();
		echo '</div>';
	}

	/**
	 * What this is, and of which site of a network.
	 */
	private function introduction(): void {
		printf( '<p>%s</p>', esc_html__( 'Other sites send their users here, each by an agent that you make for it. An agent can do that and nothing else. The PHP extension is not needed for it.', 'rudr-sync' ) );
		if ( is_multisite() ) {
			/* translators: %s: address of a site of the network. */
			printf( '<p>%s</p>', esc_html( sprintf( __( 'This is so for the site %s of this network alone. For another go to Users → Sync in that site\'s own administration.', 'rudr-sync' ), home_url() ) ) );
		}
		foreach ( Receiver::is_in_use() ? array() : Troubles::with_agents() as $trouble ) {
			// Once there is an agent it stands on every page.
			printf( '<div class="notice notice-warning inline"><p>%s</p></div>', esc_html( $trouble ) );
		}
	}

	/**
	 * The agents.
	 */
	private function agents(): void {
		printf( '<h2>%s</h2>', esc_html__( 'Who may write here', 'rudr-sync' ) );
		$table = new Agents_Table( $this->desk->agents->all() );
		$table->prepare_items();
		$table->display();
		$this->make->show_form();
	}

	/**
	 * Suspended accounts, where there are any or can be.
	 */
	private function suspended(): void {
		if ( 'suspend' !== $this->desk->rules->shown()['removal'] && ! $this->desk->suspended->count() ) {
			return;
		}
		printf( '<h2 id="suspended">%s</h2>', esc_html__( 'Suspended accounts', 'rudr-sync' ) );
		$table = new Suspended_Table( $this->desk->suspended, $this->desk->agents->names() );
		$table->prepare_items();
		Screen_Form::begin( Receiver_Actions::LIFT, 'rudr-sync-suspended' );
		$table->display();
		echo '</form>';
	}
}
