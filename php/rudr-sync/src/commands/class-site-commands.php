<?php
/**
 * The commands about sites, for WP-CLI.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

use WP_CLI;
use WP_CLI\Utils;

/**
 * Those of Cli's commands that are about sites, or about this install as a whole.
 */
trait Site_Commands {

	/**
	 * Shows how the sites stand, in numbers. Times are in seconds.
	 *
	 * ## OPTIONS
	 *
	 * [--site=<name>]
	 * : Only this site.
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
	 * ## EXAMPLES
	 *
	 *     $ wp rudr-sync status
	 *     $ wp rudr-sync status --site=shop --format=json
	 *
	 * @param string[]              $args    Words.
	 * @param array<string, string> $options Options.
	 */
	public function status( array $args, array $options ): void {
		self::say(
			function () use ( $options ): void {
				$fields = array( 'site', 'state', 'wire', 'in_step', 'waiting', 'retrying', 'failed', 'partly', 'staying', 'unlinked', 'held', 'oldest', 'last_success', 'worker', 'url', 'from' );
				$all    = $this->desk->status->all();
				$rows   = array();
				foreach ( $this->chosen()->sites( $options['site'] ?? null ) as $target ) {
					$site   = $all[ $target->name ];
					$rows[] = array(
						'site'         => $site->name,
						'state'        => null === $site->problem ? $site->state : 'broken',
						'wire'         => $site->speaks(),
						'in_step'      => $site->in_step,
						'waiting'      => $site->waiting,
						'retrying'     => $site->retrying,
						'failed'       => $site->failed,
						'partly'       => $site->partly,
						'staying'      => $site->staying,
						'unlinked'     => $site->unlinked,
						'held'         => $site->held_back,
						'oldest'       => $site->oldest,
						'last_success' => $site->last_success,
						'worker'       => $site->worker_alive ? 'alive' : 'none',
						'url'          => $site->url,
						'from'         => $site->from,
					);
				}
				Utils\format_items( $options['format'] ?? 'table', $rows, $fields );
				foreach ( $all as $site ) {
					if ( null !== $site->problem ) {
						WP_CLI::warning( $site->name . ': ' . $site->problem );
					} elseif ( null !== $site->why ) {
						WP_CLI::warning( $site->name . ': ' . $site->state . ': ' . $site->why );
					}
				}
				$this->warn_of_hold();
			}
		);
	}

	/**
	 * Asks step by step whether a site can be worked with, and says what to do. Exits with 1 if one can't be.
	 *
	 * ## OPTIONS
	 *
	 * [--site=<name>]
	 * : Only this site.
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
	public function check( array $args, array $options ): void {
		$good = true;
		self::say(
			function () use ( $options, &$good ): void {
				$rows = array();
				foreach ( $this->chosen()->sites( $options['site'] ?? null ) as $target ) {
					$steps = $this->desk->check->run( $target );
					$good  = Check_Command::is_good( $steps ) && $good;
					foreach ( $steps as $step ) {
						$rows[] = array(
							'site'   => $target->name,
							'check'  => $step['check'],
							'ok'     => $step['ok'] ? 'yes' : 'no',
							'detail' => $step['detail'],
							'fix'    => $step['fix'],
						);
					}
				}
				Utils\format_items( $options['format'] ?? 'table', $rows, array( 'site', 'check', 'ok', 'detail', 'fix' ) );
			}
		);
		if ( ! $good ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Works with a site again that was paused or stopped, without waiting for the next probe.
	 *
	 * ## OPTIONS
	 *
	 * [--site=<name>]
	 * : Only this site.
	 *
	 * @param string[]              $args    Words.
	 * @param array<string, string> $options Options.
	 */
	public function resume( array $args, array $options ): void {
		self::say(
			function () use ( $options ): void {
				foreach ( $this->chosen()->sites( $options['site'] ?? null ) as $target ) {
					$this->desk->resume->run( $target->name );
					/* translators: %s: short name of a site. */
					WP_CLI::success( sprintf( __( '%s is worked with again.', 'rudr-sync' ), $target->name ) );
				}
			}
		);
	}

	/**
	 * Delivers what is due, for days: see the README for a systemd unit. Exits with 0 when told to stop, after the batch.
	 *
	 * ## OPTIONS
	 *
	 * [--once]
	 * : Ends when nothing is due.
	 *
	 * [--max-time=<seconds>]
	 * : Ends after so many seconds.
	 *
	 * [--site=<name>]
	 * : Works for this site alone. One that hangs then keeps a worker of its own busy, not everybody's.
	 *
	 * @param string[]                   $args    Words.
	 * @param array<string, string|bool> $options Options.
	 */
	public function work( array $args, array $options ): void {
		self::say(
			function () use ( $options ): void {
				$seconds = (string) ( $options['max-time'] ?? '0' );
				if ( ! ctype_digit( $seconds ) ) {
					throw new Command_Error( __( '--max-time is a number of seconds.', 'rudr-sync' ) );
				}
				$site = isset( $options['site'] ) ? $this->chosen()->site( $options['site'] )->name : null;
				$this->must_deliver();
				$ended = $this->desk->parts->worker()->run( (int) $seconds, (bool) Utils\get_flag_value( $options, 'once', false ), null, $site );
				if ( Worker::CHANGED === $ended ) {
					WP_CLI::log( __( 'The plugin, the extension or the sites have changed: start me anew.', 'rudr-sync' ) );
				}
				if ( Worker::OFF === $ended ) {
					WP_CLI::log( __( 'The plugin has been deactivated: nothing is delivered any more.', 'rudr-sync' ) );
				}
			}
		);
	}

	/**
	 * Answers whether this install has moved or is a copy, when nothing is sent because that is not known.
	 *
	 * ## OPTIONS
	 *
	 * <answer>
	 * : `moved`: it is the same, at another address; it goes on. `copy`: it is another, for staging say; it is disconnected from
	 * all sites and drops the passwords that wait.
	 * ---
	 * options:
	 *   - moved
	 *   - copy
	 * ---
	 *
	 * [--yes]
	 * : It is a copy although nothing here shows it: one under the same address, say. Whose accounts are whose is forgotten.
	 *
	 * @param string[]              $args    Words.
	 * @param array<string, string> $options Options.
	 */
	public function identity( array $args, array $options ): void {
		if ( Identity::MOVED === $args[0] ) {
			$this->desk->parts->identity->moved();
			WP_CLI::success( __( 'This install goes on where it stopped.', 'rudr-sync' ) );
		} elseif ( Identity::COPY === $args[0] ) {
			if ( null === $this->desk->parts->identity->hold() && ! isset( $options['yes'] ) ) {
				WP_CLI::error( __( 'Nothing shows that this is a copy. If it is one, say so with --yes: it is disconnected from all sites, and forgets whose accounts there are whose.', 'rudr-sync' ) );
			}
			self::say( fn() => $this->desk->parts->identity->copy() );
			WP_CLI::success( __( 'This copy is disconnected from all sites.', 'rudr-sync' ) );
		} else {
			WP_CLI::error( __( 'Say moved or copy.', 'rudr-sync' ) );
		}
	}

	/**
	 * Says so if nothing is delivered.
	 */
	private function warn_of_hold(): void {
		$hold = $this->hold();
		if ( null !== $hold ) {
			WP_CLI::warning( $hold );
		}
	}
}
