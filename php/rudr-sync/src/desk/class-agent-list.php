<?php
/**
 * Who may write to this site.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Lists the agents. Also application passwords of accounts to which somebody gave the agents' capability by other means: they
 * open the same door.
 */
final class Agent_List {

	/**
	 * All of them.
	 *
	 * @return Agent_Line[]
	 */
	public function all(): array {
		$lines = array();
		foreach ( Agent::accounts() as $user ) {
			foreach ( \WP_Application_Passwords::get_user_application_passwords( $user->ID ) as $item ) {
				$lines[] = Agent_Line::of( $user, $item );
			}
		}
		return $lines;
	}

	/**
	 * The one with that id.
	 *
	 * @param string $id The id.
	 */
	public function find( string $id ): ?Agent_Line {
		return array_column( $this->all(), null, 'id' )[ $id ] ?? null;
	}

	/**
	 * What the agents are called, by the site that they speak for.
	 *
	 * @return array<string, string>
	 */
	public function names(): array {
		$names = array();
		foreach ( $this->all() as $line ) {
			if ( null !== $line->source ) {
				$names[ $line->source ] = $line->name;
			}
		}
		return $names;
	}
}
