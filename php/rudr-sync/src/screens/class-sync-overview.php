<?php
/**
 * The first part of Users → Sync.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Prints the sites and the users who are not in step.
 */
final class Sync_Overview {

	/**
	 * Prints these.
	 *
	 * @param array<int|string, Site_Status> $sites  The sites.
	 * @param Link_Report                    $report The users.
	 * @param Held_Report                    $held   What is held of them.
	 * @param Flash                          $flash  What came of a form.
	 */
	public function __construct( private readonly array $sites, private readonly Link_Report $report, private readonly Held_Report $held, private readonly Flash $flash ) {
	}

	/**
	 * Prints it.
	 */
	public function show(): void {
		echo '<div class="wrap rudr-sync"><h1 class="wp-heading-inline">' . esc_html__( 'Sync', 'rudr-sync' ) . '</h1> ';
		printf(
			'<a href="%s" class="page-title-action">%s</a><hr class="wp-header-end">',
			esc_url( Screen_Url::of( array( 'part' => 'add' ) ) ),
			esc_html__( 'Add site', 'rudr-sync' )
		);
		Screen_Notices::show( $this->flash );
		Screen_Tabs::show( '' );
		$this->sites();
		$this->users();
		echo '</div>';
	}

	/**
	 * Prints the sites.
	 */
	private function sites(): void {
		echo '<h2>' . esc_html__( 'Sites', 'rudr-sync' ) . '</h2>';
		$table = new Sites_Table( $this->sites );
		$table->prepare_items();
		Screen_Form::begin( Sync_Actions::SITE, 'rudr-sync-sites' );
		$table->display();
		echo '</form>';
	}

	/**
	 * Prints the users, if there is any link at all.
	 */
	private function users(): void {
		if ( ! $this->sites ) {
			return;
		}
		echo '<h2 id="users">' . esc_html__( 'Users', 'rudr-sync' ) . '</h2>';
		foreach ( $this->held->all() as $held ) {
			( new Held_Bar( $held, $this->report ) )->show();
		}
		$gone  = array_filter( $this->sites, static fn( Site_Status $site ): bool => $site->is_left_over );
		$table = new Users_Table( $this->report, array_map( 'strval', array_keys( $this->sites ) ), array_map( 'strval', array_keys( $gone ) ) );
		$table->prepare_items();
		$table->views();
		Screen_Form::begin( Sync_Actions::USERS, 'rudr-sync-users' );
		$table->keep_place();
		$table->display();
		echo '</form>';
	}
}
