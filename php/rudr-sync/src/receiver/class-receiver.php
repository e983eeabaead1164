<?php
/**
 * The receiving side.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The receiver's table of contents: users of other sites come here, to be accounts of this one. It needs no extension, and
 * knows nothing of the source side; what it has done it tells by the actions `rudr_sync_received` and
 * `rudr_sync_received_removal`.
 *
 * A request comes by Receiver_Routes, is let in by Caller, read by Received_Request and Received_Job, and applied by
 * Receiver_Batch, which hands each job to Receive_Put or Receive_Delete.
 *
 * It is attached to every page, and hardly any page is for it: nothing here loads another of its classes, or asks the
 * database, before WordPress calls.
 */
final class Receiver {

	/** The namespace of its routes. */
	public const SPACE = 'rudr-sync/v1';

	/** The role of an agent. Here, since of everybody who registers it is asked whether they are one. */
	public const AGENT_ROLE = 'rudr_sync_agent';

	/** Who calls, once somebody does. */
	private ?Caller $caller = null;

	/**
	 * A receiver.
	 *
	 * @param \Closure $uuid Gives this install's uuid.
	 */
	public function __construct( private readonly \Closure $uuid ) {
	}

	/**
	 * Attaches it to WordPress.
	 */
	public function attach(): void {
		add_action( 'rest_api_init', array( $this, 'add_routes' ) );
		add_action( 'wp_authenticate_application_password_errors', array( Agent_Fence::class, 'application_password' ), 10, 3 );
		add_filter( 'wp_authenticate_user', array( Agent_Fence::class, 'login' ), PHP_INT_MAX );
		add_filter( 'allow_password_reset', static fn( $allow, $user_id ) => self::is_agents( $user_id ) ? false : $allow, PHP_INT_MAX, 2 );
		add_filter( 'wp_authenticate_user', array( Suspension::class, 'login' ), PHP_INT_MAX );
		// An agent is no person who follows anywhere.
		add_filter( 'rudr_sync_should_sync', static fn( $should, $user_id ) => self::is_agents( $user_id ) ? false : $should, 10, 2 );

		// Whoever removes an account: that it is gone is remembered.
		add_action( 'deleted_user', array( $this, 'removed' ) );
		// On a network: WordPress has switched to the blog that they leave.
		add_action( 'remove_user_from_blog', array( $this, 'removed' ) );
	}

	/**
	 * Removes all that is the receiver's, on every site of a network. Accounts stay, but for the agents'; those that are
	 * suspended stay without a role.
	 */
	public static function uninstall(): void {
		Every_Blog::run( self::uninstall_here( ... ) );
	}

	/**
	 * The same on this site.
	 */
	private static function uninstall_here(): void {
		global $wpdb;
		Received::uninstall();
		Agent_Removal::run();
		delete_option( Receiver_Settings::OPTION );
		Caller::forget_failures();
		delete_metadata( 'user', 0, $wpdb->get_blog_prefix() . Suspension::KEY, '', true );
	}

	/**
	 * Whether this request is for one of the receiver's routes, as WordPress itself found: before it has, it is for none.
	 */
	public static function is_asked(): bool {
		$route = $GLOBALS['wp']->query_vars['rest_route'] ?? null;
		return defined( 'REST_REQUEST' ) && REST_REQUEST && is_string( $route )
			&& in_array( untrailingslashit( $route ), array( '/' . self::SPACE, '/' . self::SPACE . '/jobs' ), true );
	}

	/**
	 * Whether an agent has ever been made on this site.
	 */
	public static function is_in_use(): bool {
		return wp_roles()->is_role( self::AGENT_ROLE );
	}

	/**
	 * Whether an account is an agent's.
	 *
	 * @param mixed $user_id The account.
	 */
	private static function is_agents( mixed $user_id ): bool {
		$user = self::is_in_use() ? get_userdata( is_numeric( $user_id ) ? (int) $user_id : 0 ) : false;
		return $user && in_array( self::AGENT_ROLE, $user->roles, true );
	}

	/**
	 * REST begins, and only now may a request be for one of our routes.
	 *
	 * @param mixed $server WordPress's REST server.
	 */
	public function add_routes( mixed $server ): void {
		if ( $server instanceof \WP_REST_Server ) {
			add_filter( 'rest_authentication_errors', array( $this, 'let_in' ), 1 );
			add_action( 'application_password_failed_authentication', array( $this, 'refused' ) );
			( new Receiver_Routes( $this->caller( ... ), $this->uuid ) )->add_to( $server );
		}
	}

	/**
	 * Whether who asks is let in.
	 *
	 * @param mixed $result What others say.
	 */
	public function let_in( mixed $result ): mixed {
		return self::is_asked() ? $this->caller()->before( $result ) : $result;
	}

	/**
	 * Somebody's application password was wrong.
	 */
	public function refused(): void {
		if ( self::is_asked() ) {
			$this->caller()->failed();
		}
	}

	/**
	 * An account was removed, or is about to be.
	 *
	 * @param mixed $user_id The account.
	 */
	public function removed( mixed $user_id ): void {
		if ( is_numeric( $user_id ) && Received::is_there() ) {
			global $wpdb;
			( new Received( $wpdb ) )->bury_account( (int) $user_id );
		}
	}

	/**
	 * Who calls.
	 */
	private function caller(): Caller {
		return $this->caller ??= new Caller( new Receiver_Settings() );
	}
}
