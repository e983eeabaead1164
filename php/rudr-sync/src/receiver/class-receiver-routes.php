<?php
/**
 * The receiver's REST routes.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * `rudr-sync/v1`:
 *
 *     GET  /       what this site is: version, wordpress, uuid, multisite, hashes, roles, meta, max_jobs, max_bytes
 *     POST /jobs   Received_Request in, {"outcomes": […]} out, one Job_Outcome for each job and in order
 *
 * Both are for agents only. What is wrong with a request as a whole is an error in WordPress's words, with these codes:
 * rudr_sync_invalid_request (400), rudr_sync_too_many_jobs and rudr_sync_too_large (413), rudr_sync_wrong_source (403),
 * rudr_sync_address (403), rudr_sync_too_many_failures (429), rest_not_logged_in (401), rest_forbidden (403).
 */
final class Receiver_Routes {

	/** The plugin's version, by which a source knows what to expect. */
	private const VERSION = '0.1.0';

	/** Bytes in a request. */
	private const MAX_BYTES = 8 * MB_IN_BYTES;

	/**
	 * What the routes need.
	 *
	 * @param \Closure $caller Gives who calls: a Caller.
	 * @param \Closure $uuid   Gives this install's uuid.
	 */
	public function __construct( private readonly \Closure $caller, private readonly \Closure $uuid ) {
	}

	/**
	 * Adds them.
	 *
	 * @param \WP_REST_Server $server WordPress's REST server.
	 */
	public function add_to( \WP_REST_Server $server ): void {
		$may = fn(): bool|\WP_Error => ( $this->caller )()->may();
		// Not by register_rest_route(): core answers the namespace's own address with its list of routes.
		$server->register_route(
			Receiver::SPACE,
			'/' . Receiver::SPACE,
			array(
				array(
					'methods'             => \WP_REST_Server::READABLE,
					'callback'            => array( $this, 'about' ),
					'permission_callback' => $may,
					'args'                => array(),
					'show_in_index'       => false,
				),
			),
			true
		);
		register_rest_route(
			Receiver::SPACE,
			'/jobs',
			array(
				'methods'             => \WP_REST_Server::CREATABLE,
				'callback'            => array( $this, 'jobs' ),
				'permission_callback' => $may,
				'show_in_index'       => false,
			)
		);
	}

	/**
	 * What this site is.
	 *
	 * @return array<string, mixed>
	 */
	public function about(): array {
		$settings = new Receiver_Settings();
		return array(
			'version'   => self::VERSION,
			'wordpress' => $GLOBALS['wp_version'],
			'uuid'      => ( $this->uuid )(),
			'multisite' => is_multisite(),
			'hashes'    => ( new Hash_Kinds() )->all(),
			'roles'     => $settings->roles(),
			'meta'      => $settings->meta(),
			'max_jobs'  => $settings->max_jobs(),
			'max_bytes' => self::MAX_BYTES,
		);
	}

	/**
	 * Applies jobs.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return array<string, mixed>|\WP_Error
	 */
	public function jobs( \WP_REST_Request $request ): array|\WP_Error {
		$settings = new Receiver_Settings();
		if ( strlen( (string) $request->get_body() ) > self::MAX_BYTES ) {
			return new \WP_Error( 'rudr_sync_too_large', 'The request is too large.', array( 'status' => 413 ) );
		}
		try {
			$read = Received_Request::read( $request->get_json_params() );
		} catch ( Bad_Job $e ) {
			return new \WP_Error( 'rudr_sync_invalid_request', $e->getMessage(), array( 'status' => 400 ) );
		}
		if ( count( $read->jobs ) > $settings->max_jobs() ) {
			return new \WP_Error( 'rudr_sync_too_many_jobs', sprintf( 'At most %d jobs in a request.', $settings->max_jobs() ), array( 'status' => 413 ) );
		}
		if ( ! ( $this->caller )()->is_from( $read->source ) ) {
			return new \WP_Error( 'rudr_sync_wrong_source', 'This application password speaks for another source, or another password speaks for this one.', array( 'status' => 403 ) );
		}
		return array( 'outcomes' => Receiver_Batch::of( $read, $settings )->run() );
	}
}
