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

	/** The form that makes an agent, once it is asked for. */
	private ?New_Agent $new_agent = null;

	/**
	 * Shows what these say.
	 *
	 * @param Status      $status   The sites.
	 * @param Link_Report $report   The users.
	 * @param Held_Report $held     What is held of them.
	 * @param Site_Store  $store    The sites that can be changed here.
	 * @param \Closure    $receiver Gives the Receiver_Desk.
	 */
	public function __construct( private readonly Status $status, private readonly Link_Report $report, private readonly Held_Report $held, private readonly Site_Store $store, private readonly \Closure $receiver ) {
	}

	/**
	 * Adds it to the menu, and beside the plugin in the list of plugins.
	 *
	 * @param string $file The plugin's main file.
	 */
	public function attach( string $file ): void {
		$hook = add_users_page( __( 'Sync', 'rudr-sync' ), __( 'Sync', 'rudr-sync' ), 'edit_users', Screen_Url::PAGE, array( $this, 'show' ) );
		add_action( "load-{$hook}", array( $this, 'load' ) );
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
	 * Before anything of the page is printed: who may not see the part is sent away, and the form that the screen itself takes is
	 * taken.
	 */
	public function load(): void {
		if ( in_array( self::part(), Receiver_Screen::PARTS, true ) ) {
			self::guard( Access::to_receiver() );
			$this->new_agent()->take();
		}
		$this->help();
	}

	/**
	 * The help tabs.
	 */
	private function help(): void {
		get_current_screen()->add_help_tab(
			array(
				'id'      => 'rudr-sync',
				'title'   => __( 'Overview', 'rudr-sync' ),
				'content' => '<p>' . esc_html__( 'The users of this site follow to the sites listed here. A user who changes is waiting until the other site has taken the change; if that fails, it is retried by itself, for days if need be.', 'rudr-sync' ) . '</p>'
					. '<p>' . esc_html__( 'Users who need you are those whom no retry can help: somebody else has their login there, for instance, or nobody has shown yet that an account which is there already is theirs. Each line says what to do; then choose Retry.', 'rudr-sync' ) . '</p>',
			)
		);
		if ( Access::to_receiver() ) {
			get_current_screen()->add_help_tab(
				array(
					'id'      => 'rudr-sync-receiver',
					'title'   => __( 'This site as a receiver', 'rudr-sync' ),
					'content' => '<p>' . esc_html__( 'Other sites with this plugin send their users here if you make an agent for each of them. An agent is an application password that opens this door and no other: whoever holds it can neither log in nor become an administrator, and does no more than the rules here allow.', 'rudr-sync' ) . '</p>'
						. '<p>' . esc_html__( 'The first site that calls with an agent\'s password is the one that it speaks for. An account here belongs to the site that made it: others can neither take it over nor remove it.', 'rudr-sync' ) . '</p>',
				)
			);
		}
	}

	/**
	 * The form that makes an agent: one for the page, since what came of it is shown in the same answer.
	 */
	private function new_agent(): New_Agent {
		return $this->new_agent ??= new New_Agent( ( $this->receiver )()->agent );
	}

	/**
	 * Prints it.
	 */
	public function show(): void {
		self::guard( Access::is_given() );
		$part = self::part();
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended -- it only says what to show.
		$name  = isset( $_GET['site'] ) ? sanitize_text_field( wp_unslash( $_GET['site'] ) ) : '';
		$flash = Flash::take();
		if ( in_array( $part, Receiver_Screen::PARTS, true ) ) {
			( new Receiver_Screen( ( $this->receiver )(), $this->new_agent(), $flash ) )->show( $part );
			return;
		}
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

	/**
	 * Ends here with whoever may not see it.
	 *
	 * @param bool $may Whether they may.
	 */
	private static function guard( bool $may ): void {
		if ( ! $may ) {
			wp_die( esc_html__( 'Sorry, you are not allowed to access this page.' ), '', array( 'response' => 403 ) ); // phpcs:ignore WordPress.WP.I18n.MissingArgDomain -- core's own sentence.
		}
	}

	/**
	 * Which part is asked for.
	 */
	private static function part(): string {
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended -- it only says what to show.
		return isset( $_GET['part'] ) && is_string( $_GET['part'] ) ? sanitize_key( wp_unslash( $_GET['part'] ) ) : '';
	}
}
