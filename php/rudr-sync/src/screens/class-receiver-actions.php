<?php
/**
 * What the forms of "This site as a receiver" do.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Takes them, but for the one that makes an agent: see New_Agent. Prints nothing.
 */
final class Receiver_Actions {

	/** Revokes an agent. */
	public const REVOKE = 'rudr_sync_agent_revoke';

	/** Saves the rules. */
	public const RULES = 'rudr_sync_receiver_rules';

	/** Lifts a suspension. */
	public const LIFT = 'rudr_sync_receiver_lift';

	/** What is to be said of it. */
	private readonly Flash $flash;

	/**
	 * Does it by this.
	 *
	 * @param \Closure $desk Gives the Receiver_Desk.
	 */
	public function __construct( private readonly \Closure $desk ) {
		$this->flash = new Flash();
	}

	/**
	 * Attaches them.
	 */
	public function attach(): void {
		foreach ( array(
			self::REVOKE => 'revoke',
			self::RULES  => 'rules',
			self::LIFT   => 'lift',
		) as $action => $method ) {
			Screen_Post::take( $action, $this->flash, array( Access::class, 'to_receiver' ), fn(): array => $this->$method(), array( 'part' => Screen_Tabs::RECEIVER ) );
		}
	}

	/**
	 * Revokes an agent.
	 *
	 * @return array<string, string> Where to go.
	 */
	private function revoke(): array {
		$agent = ( $this->desk )()->agent->revoke( Screen_Post::field( 'agent' ) );
		/* translators: %s: name of an agent. */
		$this->flash->say( 'success', sprintf( __( 'The agent "%s" is revoked. The accounts that came by it stay as they are.', 'rudr-sync' ), $agent->name ) );
		return array();
	}

	/**
	 * Saves the rules.
	 *
	 * @return array<string, string> Where to go.
	 */
	private function rules(): array {
		$wanted = array( 'listed' => Screen_Post::as_entered( 'listed' ) );
		foreach ( array( 'roles', ...array_keys( Receiver_Rules::CHOICES ), ...Receiver_Rules::SWITCHES ) as $name ) {
			$wanted[ $name ] = Screen_Post::field( $name );
		}
		foreach ( Receiver_Rules::LISTS as $name ) {
			$wanted[ $name ] = Screen_Post::as_entered( $name );
		}
		$wrong = ( $this->desk )()->rules->put( $wanted );
		if ( $wrong ) {
			$this->flash->say( 'error', __( 'The rules are not saved:', 'rudr-sync' ), $wrong );
			$this->flash->form = $wanted;
		} else {
			$this->flash->say( 'success', __( 'Rules saved.', 'rudr-sync' ) );
		}
		return array();
	}

	/**
	 * Lifts a suspension; or turns a page.
	 *
	 * @return array<string, string> Where to go.
	 */
	private function lift(): array {
		$user = get_userdata( absint( Screen_Post::field( 'lift' ) ) );
		if ( $user && Suspension::is( $user ) ) {
			Suspension::lift( $user );
			/* translators: %s: login of a user. */
			$this->flash->say( 'success', sprintf( __( '%s is no longer suspended.', 'rudr-sync' ), $user->user_login ) );
		}
		return array_filter( array( 'paged' => (string) absint( Screen_Post::field( 'paged' ) ) ) );
	}
}
