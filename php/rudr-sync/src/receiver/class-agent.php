<?php
/**
 * The account that a source speaks through.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * An agent may do one thing: call the receiver. It has a role with that capability and no other, no address, a password that
 * nobody knows, and an application password for each source. Where that works is Agent_Fence's business.
 */
final class Agent {

	/** What the receiver asks for. */
	public const CAPABILITY = 'rudr_sync_receive';

	/** The role that has it and nothing else. */
	public const ROLE = Receiver::AGENT_ROLE;

	/** Marks the application passwords that were made here. */
	public const APP_ID = '6f1c2f0e-52a5-4a8e-9d43-3c1f5b7d0a91';

	/** What the names of the application passwords that were made here begin with, on the agent's profile. */
	public const NAMED = 'Rudr Sync: ';

	/** Login of the account; with a number if somebody else has it. */
	private const LOGIN = 'rudr-sync-agent';

	/** User meta: the source that an application password speaks for; followed by that password's uuid. */
	public const SOURCE = '_rudr_sync_source_';

	/**
	 * Makes an application password for a source, and the account if there is none yet.
	 *
	 * @param string      $name   For whom, as it is listed on the agent's profile.
	 * @param string|null $source The source's uuid if it is known; else whoever calls first with this password is it.
	 * @return array{user_id: int, login: string, password: string, uuid: string}|\WP_Error The password is shown this once.
	 */
	public static function make( string $name, ?string $source = null ): array|\WP_Error {
		$user = self::account();
		if ( is_wp_error( $user ) ) {
			return $user;
		}
		$made = \WP_Application_Passwords::create_new_application_password(
			$user->ID,
			array(
				'name'   => self::NAMED . $name,
				'app_id' => self::APP_ID,
			)
		);
		if ( is_wp_error( $made ) ) {
			return $made;
		}
		list( $password, $item ) = $made;
		if ( null !== $source ) {
			add_user_meta( $user->ID, self::SOURCE . $item['uuid'], strtolower( $source ), true );
		}
		return array(
			'user_id'  => $user->ID,
			'login'    => $user->user_login,
			'password' => $password,
			'uuid'     => $item['uuid'],
		);
	}

	/**
	 * Whether an account may call the receiver. Not by `has_cap()`: a network's super administrators have every capability
	 * there, and this one is nobody's but who was given it.
	 *
	 * @param \WP_User $user The account.
	 */
	public static function is( \WP_User $user ): bool {
		return ! empty( $user->allcaps[ self::CAPABILITY ] );
	}

	/**
	 * Whether an account is an agent and nothing else, so that its passwords are for our routes only.
	 *
	 * @param \WP_User $user The account.
	 */
	public static function is_only( \WP_User $user ): bool {
		return in_array( self::ROLE, $user->roles, true );
	}

	/**
	 * Whether an application password may speak for a source. The first that it names is its own from then on, unless
	 * another password speaks for that one: a source that has been let in must not act in another's name.
	 *
	 * @param \WP_User $user   The agent.
	 * @param string   $uuid   The application password.
	 * @param string   $source The source, in small letters.
	 */
	public static function speaks_for( \WP_User $user, string $uuid, string $source ): bool {
		$key = self::SOURCE . $uuid;
		if ( '' === (string) get_user_meta( $user->ID, $key, true ) && ! self::is_spoken_for( $source ) ) {
			add_user_meta( $user->ID, $key, $source, true );
		}
		return get_user_meta( $user->ID, $key, true ) === $source;
	}

	/**
	 * The accounts that may call the receiver: with any of their application passwords, whoever made those.
	 *
	 * @return \WP_User[]
	 */
	public static function accounts(): array {
		return array_values( array_filter( get_users( array( 'capability' => self::CAPABILITY ) ), array( self::class, 'is' ) ) );
	}

	/**
	 * The source that an application password speaks for; null: nobody has called with it yet.
	 *
	 * @param int    $user_id The agent.
	 * @param string $uuid    The application password.
	 */
	public static function source( int $user_id, string $uuid ): ?string {
		return (string) get_user_meta( $user_id, self::SOURCE . $uuid, true ) ?: null;
	}

	/**
	 * Ends an application password. The account stays, and so does what was made through it.
	 *
	 * @param int    $user_id The agent.
	 * @param string $uuid    The application password.
	 */
	public static function revoke( int $user_id, string $uuid ): bool {
		$done = true === \WP_Application_Passwords::delete_application_password( $user_id, $uuid );
		if ( $done ) {
			delete_user_meta( $user_id, self::SOURCE . $uuid );
		}
		return $done;
	}

	/**
	 * Whether an account has the agent's role on this site and nothing else.
	 *
	 * @param \WP_User $user The account.
	 */
	public static function is_nothing_else( \WP_User $user ): bool {
		return self::is_only( $user ) && array( self::ROLE ) === array_keys( $user->caps );
	}

	/**
	 * Whether a live application password speaks for a source already. Those that were revoked no longer do.
	 *
	 * @param string $source The source.
	 */
	private static function is_spoken_for( string $source ): bool {
		global $wpdb;
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- there is no call for keys with that beginning.
		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT user_id, meta_key FROM {$wpdb->usermeta} WHERE meta_key LIKE %s AND meta_value = %s", $wpdb->esc_like( self::SOURCE ) . '%', $source ) );
		foreach ( $rows as $row ) {
			if ( \WP_Application_Passwords::get_user_application_password( (int) $row->user_id, substr( $row->meta_key, strlen( self::SOURCE ) ) ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The agent's account on this site, made if need be.
	 */
	private static function account(): \WP_User|\WP_Error {
		if ( array( self::CAPABILITY => true ) !== ( get_role( self::ROLE )->capabilities ?? null ) ) {
			// Whatever somebody has added to the role is taken away again.
			remove_role( self::ROLE );
		}
		add_role( self::ROLE, __( 'Rudr Sync agent', 'rudr-sync' ), array( self::CAPABILITY => true ) );

		for ( $number = 1; ; $number++ ) {
			$login = self::LOGIN . ( $number > 1 ? '-' . $number : '' );
			$user  = get_user_by( 'login', $login );
			if ( ! $user ) {
				break;
			}
			if ( self::is_nothing_else( $user ) ) {
				return get_userdata( $user->ID );
			}
		}
		$id = wp_insert_user(
			array(
				'user_login'   => $login,
				'user_pass'    => wp_generate_password( 64, true, true ),
				'display_name' => __( 'Rudr Sync agent', 'rudr-sync' ),
				'description'  => __( 'Other sites send their users through this account. It can do nothing else.', 'rudr-sync' ),
				'role'         => self::ROLE,
			)
		);
		return is_wp_error( $id ) ? $id : get_userdata( $id );
	}
}
