<?php
/**
 * The commands for WP-CLI.
 *
 * What they do is in classes of their own, which know nothing of WP-CLI; these read words and print. Each family of commands is in
 * a file of its own.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

use WP_CLI;

/**
 * Keeps users in step with other WordPress sites.
 *
 * ## EXAMPLES
 *
 *     # How do the sites stand?
 *     $ wp rudr-sync status
 *
 *     # Send everybody who was here before the plugin was.
 *     $ wp rudr-sync sync --all
 */
final class Cli {

	use Site_Commands;
	use User_Commands;

	/**
	 * Speaks for it.
	 *
	 * @param Desk $desk What a person sees and orders.
	 */
	public function __construct( private readonly Desk $desk ) {
	}

	/**
	 * Registers the commands.
	 *
	 * @param Desk $desk What a person sees and orders.
	 */
	public static function register( Desk $desk ): void {
		WP_CLI::add_command( 'rudr-sync', new self( $desk ) );
		WP_CLI::add_command( 'rudr-sync agent', new Agent_Cli( $desk->receiver( ... ) ) );
	}

	/**
	 * Sees to it that something can be delivered.
	 *
	 * @throws Command_Error If not.
	 */
	private function must_deliver(): void {
		if ( ! Sites::extension_is_there() ) {
			throw new Command_Error( __( 'The PHP extension rudr_sync is not loaded in this PHP.', 'rudr-sync' ) );
		}
		$hold = $this->hold();
		if ( null !== $hold ) {
			throw new Command_Error( $hold );
		}
	}

	/**
	 * Why nothing is delivered; null if it is.
	 */
	private function hold(): ?string {
		return match ( $this->desk->parts->identity->hold() ) {
			Identity::OFF => __( 'The constant RUDR_SYNC_OFF keeps everything from being sent.', 'rudr-sync' ),
			Identity::UNSURE => __( 'This install has moved, or is a copy: nothing is sent until you say which, with "wp rudr-sync identity moved" or "wp rudr-sync identity copy".', 'rudr-sync' ),
			default => null,
		};
	}

	/**
	 * Finds what was named.
	 */
	private function chosen(): Chosen {
		return new Chosen( $this->desk->parts->sites, $this->desk->report );
	}

	/**
	 * Does it; what cannot be done is said as WP-CLI says it. Static, so that it is no command.
	 *
	 * @param \Closure $do What is done.
	 */
	public static function say( \Closure $do ): void {
		try {
			$do();
		} catch ( Command_Error $e ) {
			WP_CLI::error( $e->getMessage() );
		} catch ( Database_Error $e ) {
			WP_CLI::error( Command_Error::of_database( $e )->getMessage() );
		}
	}
}
