<?php
/**
 * What needs a person.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Collects what an administrator should know. Prints nothing.
 */
final class Troubles {

	/** Links that are told at most. */
	private const TOLD = 5;

	/** Links that are looked at for them. */
	private const LOOKED_AT = 50;

	/**
	 * Looks there.
	 *
	 * @param Links $links The links.
	 * @param Sites $sites The sites.
	 */
	public function __construct( private readonly Links $links, private readonly Sites $sites ) {
	}

	/**
	 * What keeps everything from being delivered, one sentence each.
	 *
	 * @return string[]
	 */
	public function with_the_setup(): array {
		$troubles = $this->sites->problems();
		if ( ! Sites::extension_is_there() ) {
			array_unshift( $troubles, __( 'The PHP extension rudr_sync is not loaded. Changes of users are noted, but nothing is sent to other sites until it is installed.', 'rudr-sync' ) );
		}
		return $troubles;
	}

	/**
	 * Users who wait for a person, one sentence each.
	 *
	 * @return string[]
	 */
	public function with_users(): array {
		$troubles = array();
		foreach ( $this->links->waiting_for_a_person( self::LOOKED_AT ) as $row ) {
			$user = get_userdata( (int) $row['user_id'] );
			if ( $user && Links::PRIVILEGED === $row['code'] && Privileges::of( $user ) ) {
				// Who may edit users here does not follow: as it should be, and no news.
				continue;
			}
			$troubles[] = sprintf(
				/* translators: 1: login of a user, 2: short name of a site, 3: what happened and what to do, 4: error code. */
				__( '%1$s on %2$s: %3$s (%4$s)', 'rudr-sync' ),
				$user ? $user->user_login : $row['login'] ?? '#' . $row['user_id'],
				$row['site'],
				$row['message'] ?? '',
				$row['code']
			);
		}
		return array_slice( $troubles, 0, self::TOLD );
	}
}
