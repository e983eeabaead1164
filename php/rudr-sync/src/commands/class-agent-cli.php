<?php
/**
 * The commands for agents, for WP-CLI.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

use WP_CLI;
use WP_CLI\Utils;

/**
 * Says which other sites may send their users here.
 *
 * Each has an agent: an application password that can do this and nothing else.
 *
 * ## EXAMPLES
 *
 *     # Let the shop send its users here.
 *     $ wp rudr-sync agent make Shop
 *
 *     # Who may?
 *     $ wp rudr-sync agent list
 */
final class Agent_Cli {

	/**
	 * Speaks for it.
	 *
	 * @param \Closure $desk Gives the Receiver_Desk.
	 */
	public function __construct( private readonly \Closure $desk ) {
	}

	/**
	 * Lists who may write here. `source` is the uuid of the site that an agent speaks for; empty: nobody has used it yet.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : How to print it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 * ---
	 *
	 * @subcommand list
	 *
	 * @param string[]              $args    Words.
	 * @param array<string, string> $options Options.
	 */
	public function list_( array $args, array $options ): void {
		$day  = static fn( ?int $time ): ?string => null === $time ? null : gmdate( 'Y-m-d', $time );
		$rows = array_map(
			static fn( Agent_Line $line ): array => array(
				'name'      => $line->name,
				'login'     => $line->login,
				'source'    => $line->source,
				'made'      => $day( $line->created ),
				'last_used' => $day( $line->last_used ),
				'last_ip'   => $line->last_ip,
				'id'        => $line->id,
			),
			( $this->desk )()->agents->all()
		);
		Utils\format_items( $options['format'] ?? 'table', $rows, array( 'name', 'login', 'source', 'made', 'last_used', 'last_ip', 'id' ) );
	}

	/**
	 * Makes an agent, and prints what the other site is to be given. The password is not shown again.
	 *
	 * ## OPTIONS
	 *
	 * <name>
	 * : For which site it is: a name by which you will know it.
	 *
	 * [--source=<uuid>]
	 * : The uuid of that site. Without it, the first that calls with the password is the one that it speaks for.
	 *
	 * [--format=<format>]
	 * : How to print it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 * ---
	 *
	 * @param string[]              $args    Words.
	 * @param array<string, string> $options Options.
	 */
	public function make( array $args, array $options ): void {
		Cli::say(
			function () use ( $args, $options ): void {
				$made = ( $this->desk )()->agent->make( $args[0], $options['source'] ?? null );
				Utils\format_items( $options['format'] ?? 'table', array( $made ), array( 'url', 'login', 'password' ) );
			}
		);
	}

	/**
	 * Ends an agent's application password. The accounts that came by it stay.
	 *
	 * ## OPTIONS
	 *
	 * <agent>
	 * : Its name or id, as `list` prints them; or the login of its account, if that has no other.
	 *
	 * @param string[]              $args    Words.
	 * @param array<string, string> $options Options.
	 */
	public function revoke( array $args, array $options ): void {
		Cli::say(
			function () use ( $args ): void {
				$agent = ( $this->desk )()->agent->revoke( $args[0] );
				/* translators: %s: name of an agent. */
				WP_CLI::success( sprintf( __( 'The agent "%s" is revoked. The accounts that came by it stay as they are.', 'rudr-sync' ), $agent->name ) );
			}
		);
	}
}
