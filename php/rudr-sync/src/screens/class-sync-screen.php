<?php
/**
 * Users → Sync.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Puts the screen into the menu and picks which of its parts is shown. What it shows was collected by others; what is done with
 * its forms is Sync_Actions'.
 */
final class Sync_Screen {

	/**
	 * Shows what these say.
	 *
	 * @param Status      $status The sites.
	 * @param Link_Report $report The users.
	 * @param Held_Report $held   What is held of them.
	 * @param Site_Store  $store  The sites that can be changed here.
	 */
	public function __construct( private readonly Status $status, private readonly Link_Report $report, private readonly Held_Report $held, private readonly Site_Store $store ) {
	}

	/**
	 * Adds it to the menu, and beside the plugin in the list of plugins.
	 *
	 * @param string $file The plugin's main file.
	 */
	public function attach( string $file ): void {
		$hook = add_users_page( __( 'Sync', 'rudr-sync' ), __( 'Sync', 'rudr-sync' ), 'edit_users', Screen_Url::PAGE, array( $this, 'show' ) );
		add_action( "load-{$hook}", array( $this, 'help' ) );
		foreach ( array( 'plugin_action_links_', 'network_admin_plugin_action_links_' ) as $filter ) {
			add_filter( $filter . plugin_basename( $file ), array( $this, 'add_link' ) );
		}
		add_action(
			'admin_enqueue_scripts',
			static function ( string $screen ) use ( $file ): void {
				if ( str_ends_with( $screen, '_page_' . Screen_Url::PAGE ) ) {
					wp_enqueue_style( 'rudr-sync', plugins_url( 'admin/screen.css', $file ), array(), (string) filemtime( dirname( $file ) . '/admin/screen.css' ) );
				}
			}
		);
	}

	/**
	 * Adds it beside the plugin in the list of plugins.
	 *
	 * @param array<int|string, string> $links Links that are there.
	 * @return array<int|string, string>
	 */
	public function add_link( array $links ): array {
		$links['rudr-sync'] = sprintf( '<a href="%s">%s</a>', esc_url( Screen_Url::of() ), esc_html__( 'Sites and users', 'rudr-sync' ) );
		return $links;
	}

	/**
	 * The help tab.
	 */
	public function help(): void {
		get_current_screen()->add_help_tab(
			array(
				'id'      => 'rudr-sync',
				'title'   => __( 'Overview', 'rudr-sync' ),
				'content' => '<p>' . esc_html__( 'The users of this site follow to the sites listed here. A user who changes is waiting until the other site has taken the change; if that fails, it is retried by itself, for days if need be.', 'rudr-sync' ) . '</p>'
					. '<p>' . esc_html__( 'Users who need you are those whom no retry can help: somebody else has their login there, for instance, or nobody has shown yet that an account which is there already is theirs. Each line says what to do; then choose Retry.', 'rudr-sync' ) . '</p>',
			)
		);
	}

	/**
	 * Prints it.
	 */
	public function show(): void {
		if ( ! Access::is_given() ) {
			wp_die( esc_html__( 'Sorry, you are not allowed to access this page.' ), '', array( 'response' => 403 ) ); // phpcs:ignore WordPress.WP.I18n.MissingArgDomain -- core's own sentence.
		}
		// phpcs:disable WordPress.Security.NonceVerification.Recommended -- these only say what to show.
		$part = isset( $_GET['part'] ) ? sanitize_key( wp_unslash( $_GET['part'] ) ) : '';
		$name = isset( $_GET['site'] ) ? sanitize_text_field( wp_unslash( $_GET['site'] ) ) : '';
		// phpcs:enable
		$flash = Flash::take();
		$site  = '' === $name ? null : $this->store->find( $name );
		$all   = $this->status->all();
		$gone  = isset( $all[ $name ] ) && $all[ $name ]->is_left_over;
		match ( true ) {
			'add' === $part => ( new Site_Form( null, $flash ) )->show(),
			'change' === $part && null !== $site => ( new Site_Form( $site, $flash ) )->show(),
			'remove' === $part && isset( $all[ $name ] ) && ( null !== $site || $gone ) => ( new Removal_Form( $all[ $name ] ) )->show(),
			default => ( new Sync_Overview( $all, $this->report, $this->held, $flash ) )->show(),
		};
	}
}
