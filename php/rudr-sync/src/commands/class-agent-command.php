<?php
/**
 * Lets other sites in, and out.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * `agent` and *This site as a receiver*: makes and revokes agents.
 */
final class Agent_Command {

	/** Characters in a name. */
	private const LONGEST = 60;

	/**
	 * Works on these.
	 *
	 * @param Agent_List $agents The agents.
	 */
	public function __construct( private readonly Agent_List $agents ) {
	}

	/**
	 * Makes one.
	 *
	 * @param string      $name   For whom it is.
	 * @param string|null $source The uuid of the site that it is for; null: of whoever calls first.
	 * @return array{url: string, login: string, password: string} What the other site is to be given. Nobody can be told the
	 *                                                             password again.
	 * @throws Command_Error If it cannot be.
	 */
	public function make( string $name, ?string $source = null ): array {
		// As WordPress is going to store it.
		$name = sanitize_text_field( $name );
		if ( '' === $name || mb_strlen( $name ) > self::LONGEST ) {
			/* translators: %d: number of characters. */
			throw new Command_Error( sprintf( __( 'Give the agent a name of at most %d characters, such as that of the site which is to use it.', 'rudr-sync' ), self::LONGEST ) );
		}
		if ( null !== $source && ! wp_is_uuid( strtolower( $source ) ) ) {
			/* translators: %s: what was named. */
			throw new Command_Error( sprintf( __( '"%s" is not the uuid of a site.', 'rudr-sync' ), $source ) );
		}
		foreach ( $this->agents->all() as $line ) {
			if ( strtolower( $line->name ) === strtolower( $name ) ) {
				/* translators: %s: name of an agent. */
				throw new Command_Error( sprintf( __( 'There is an agent "%s" already. Its password cannot be shown again: revoke it first, or give this one another name.', 'rudr-sync' ), $line->name ) );
			}
		}
		$made = Agent::make( $name, $source );
		if ( is_wp_error( $made ) ) {
			throw new Command_Error( $made->get_error_message() );
		}
		return array(
			'url'      => self::address(),
			'login'    => $made['login'],
			'password' => $made['password'],
		);
	}

	/**
	 * Ends one's application password.
	 *
	 * @param string $word Its id or name; or the login of the account, if that has no other.
	 * @return Agent_Line What it was.
	 * @throws Command_Error If there is none.
	 */
	public function revoke( string $word ): Agent_Line {
		$meant = array_values( array_filter( $this->agents->all(), static fn( Agent_Line $line ): bool => in_array( $word, array( $line->id, $line->name, $line->login ), true ) ) );
		if ( count( $meant ) > 1 ) {
			/* translators: 1: what was named, 2: ids of agents. */
			throw new Command_Error( sprintf( __( '"%1$s" may be any of these; name one by its id: %2$s.', 'rudr-sync' ), $word, implode( ', ', array_column( $meant, 'id' ) ) ) );
		}
		if ( ! $meant ) {
			/* translators: %s: what was named. */
			throw new Command_Error( sprintf( __( 'There is no agent "%s".', 'rudr-sync' ), $word ) );
		}
		if ( ! $meant[0]->ours ) {
			/* translators: 1: name of an application password, 2: login of a user. */
			throw new Command_Error( sprintf( __( '"%1$s" was not made for an agent, but by %2$s, who may use it for other things. Revoke it in that profile.', 'rudr-sync' ), $meant[0]->name, $meant[0]->login ) );
		}
		if ( ! Agent::revoke( $meant[0]->user_id, $meant[0]->id ) ) {
			throw new Command_Error( __( 'WordPress did not revoke it.', 'rudr-sync' ) );
		}
		return $meant[0];
	}

	/**
	 * What another site is to call as this one's address: as REST finds it.
	 */
	public static function address(): string {
		global $wp_rewrite;
		$pretty = '' !== (string) get_option( 'permalink_structure' ) && ! $wp_rewrite->using_index_permalinks();
		return $pretty ? untrailingslashit( home_url() ) : home_url( '/?rest_route=/' );
	}
}
