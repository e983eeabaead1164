<?php
/**
 * The form that makes an agent.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Makes an agent and shows its password: in the very answer to the form, since after a redirect it would have to be kept
 * somewhere for the next page. So the form is taken by the screen itself, before anything of it is printed.
 */
final class New_Agent {

	/** The form's name. */
	public const MAKE = 'rudr_sync_agent_make';

	/**
	 * What was made: url, login and password.
	 *
	 * @var array{url: string, login: string, password: string}|null
	 */
	private ?array $made = null;

	/** What was entered as the name. */
	private string $name = '';

	/** Why none was made. */
	private string $error = '';

	/**
	 * Makes it by this.
	 *
	 * @param Agent_Command $agent Makes agents.
	 */
	public function __construct( private readonly Agent_Command $agent ) {
	}

	/**
	 * Takes the form, if it was sent.
	 */
	public function take(): void {
		if ( self::MAKE !== Screen_Post::field( 'action' ) ) {
			return;
		}
		Screen_Post::guard( self::MAKE, Access::to_receiver() );
		nocache_headers();
		// Not in every version of WordPress among those.
		header( 'Cache-Control: no-cache, must-revalidate, max-age=0, no-store, private' );
		$this->name = Screen_Post::field( 'agent_name' );
		try {
			$this->made = $this->agent->make( $this->name );
			$this->name = '';
		} catch ( Command_Error $e ) {
			$this->error = $e->getMessage();
		}
	}

	/**
	 * Prints what was made, this once.
	 */
	public function show_made(): void {
		if ( '' !== $this->error ) {
			printf( '<div class="notice notice-error is-dismissible"><p>%s</p></div>', esc_html( $this->error ) );
		}
		if ( ! $this->made ) {
			return;
		}
		printf( '<div class="notice notice-success rudr-sync-made"><p><strong>%s</strong> %s</p>', esc_html__( 'The agent is made.', 'rudr-sync' ), esc_html__( 'On the other site go to Users → Sync → Add site and enter:', 'rudr-sync' ) );
		echo '<table class="form-table" role="presentation"><tbody>';
		foreach ( array(
			'url'      => array( __( 'Address', 'rudr-sync' ), $this->made['url'] ),
			'login'    => array( __( 'Username there', 'rudr-sync' ), $this->made['login'] ),
			'password' => array( __( 'Application password', 'rudr-sync' ), \WP_Application_Passwords::chunk_password( $this->made['password'] ) ),
		) as $name => list( $label, $value ) ) {
			Form_Rows::text( 'made-' . $name, $label, $value, '', 'class="regular-text code" readonly autocomplete="off"' );
		}
		echo '</tbody></table>';
		printf( '<p>%s</p></div>', esc_html__( 'Copy the password now: it is stored nowhere as it is, and cannot be shown again.', 'rudr-sync' ) );
	}

	/**
	 * Prints the form.
	 */
	public function show_form(): void {
		Screen_Form::begin( self::MAKE, 'rudr-sync-make', Screen_Url::of( array( 'part' => Screen_Tabs::RECEIVER ) ) );
		echo '<table class="form-table" role="presentation"><tbody>';
		Form_Rows::text(
			'agent_name',
			__( 'For which site', 'rudr-sync' ),
			$this->name,
			__( 'A name by which you will know it. Make one for each site: the first that calls with the password is the one that it speaks for.', 'rudr-sync' ),
			'class="regular-text" required maxlength="60" autocomplete="off"'
		);
		echo '</tbody></table>';
		submit_button( __( 'Make an agent', 'rudr-sync' ), 'secondary', 'make' );
		echo '</form>';
	}
}
