<?php
/**
 * Keeps agents on the receiver's routes.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * An agent's application password opens the receiver's routes and nothing else: no other REST route, not XML-RPC, not the
 * login form. The account itself cannot log in; nor can its password be reset, see Receiver.
 */
final class Agent_Fence {

	/**
	 * Who holds an application password is about to be let in.
	 *
	 * @param mixed $error What speaks against it.
	 * @param mixed $user  Whose it is.
	 * @param mixed $item  The application password.
	 */
	public static function application_password( mixed $error, mixed $user, mixed $item ): void {
		if ( ! $error instanceof \WP_Error || ! $user instanceof \WP_User ) {
			return;
		}
		$is_agents = Agent::is_only( $user ) || ( is_array( $item ) && Agent::APP_ID === ( $item['app_id'] ?? '' ) );
		if ( $is_agents && ! Receiver::is_asked() ) {
			$error->add( 'rudr_sync_agent', __( 'This application password is for Rudr Sync only.', 'rudr-sync' ), array( 'status' => 403 ) );
		}
	}

	/**
	 * Somebody logs in with the account's own password.
	 *
	 * @param mixed $user The account, or what speaks against it already.
	 */
	public static function login( mixed $user ): mixed {
		if ( $user instanceof \WP_User && Agent::is_only( $user ) ) {
			return new \WP_Error( 'rudr_sync_agent', __( 'This account is for Rudr Sync only: nobody logs in with it.', 'rudr-sync' ) );
		}
		return $user;
	}
}
