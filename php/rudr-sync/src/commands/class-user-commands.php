<?php
/**
 * The commands about users, for WP-CLI.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

use WP_CLI;
use WP_CLI\Utils;

/**
 * Those of Cli's commands that name users, or mean them all.
 */
trait User_Commands {

	/**
	 * Brings users in step at once, whether or not they changed. Exits with 1 if somebody is not in step then.
	 *
	 * ## OPTIONS
	 *
	 * [<user>...]
	 * : Logins, addresses or ids.
	 *
	 * [--all]
	 * : Everybody. May be interrupted: who is left follows in the background, or when it is run again.
	 *
	 * [--site=<name>]
	 * : Only with this site.
	 *
	 * [--format=<format>]
	 * : How to print what came of it.
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
	 *     $ wp rudr-sync sync ann ben@example.org
	 *     $ wp rudr-sync sync --all --site=shop
	 *
	 * @param string[]                   $args    Words.
	 * @param array<string, string|bool> $options Options.
	 */
	public function sync( array $args, array $options ): void {
		$good = true;
		self::say(
			function () use ( $args, $options, &$good ): void {
				$all = (bool) Utils\get_flag_value( $options, 'all', false );
				if ( $all === (bool) $args ) {
					throw new Command_Error( __( 'Name some users, or say --all.', 'rudr-sync' ) );
				}
				$targets = $this->chosen()->sites( $options['site'] ?? null );
				$this->must_deliver();
				if ( ! $all ) {
					$good = $this->lines( $this->desk->sync->users( $targets, $this->chosen()->users( $args ) ), $options );
					array_walk( $targets, fn( Target $target ) => $this->warn_of_obstacle( $target ) );
					return;
				}
				foreach ( $targets as $target ) {
					$good = $this->sync_all( $target, $options ) && $good;
				}
			}
		);
		if ( ! $good ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Tries again what failed.
	 *
	 * ## OPTIONS
	 *
	 * [<user>...]
	 * : Logins, addresses or ids; all who failed if none is named. Those who are named are tried while you wait.
	 *
	 * [--site=<name>]
	 * : Only with this site.
	 *
	 * [--format=<format>]
	 * : How to print what came of it.
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
	public function retry( array $args, array $options ): void {
		$good = true;
		self::say(
			function () use ( $args, $options, &$good ): void {
				$targets = $this->chosen()->sites( $options['site'] ?? null );
				if ( ! $args ) {
					$count = 0;
					foreach ( $targets as $target ) {
						$count += $this->desk->orders->retry( $target->name );
						$this->warn_of_obstacle( $target );
					}
					/* translators: %d: number of users. */
					WP_CLI::success( sprintf( _n( '%d user is tried again by the worker, or by WP-Cron.', '%d users are tried again by the worker, or by WP-Cron.', $count, 'rudr-sync' ), $count ) );
					return;
				}
				$this->must_deliver();
				$user_ids = $this->chosen()->users( $args );
				$lines    = array();
				foreach ( $targets as $target ) {
					$lines[] = $this->desk->sync->retry( $target, $user_ids );
					$this->warn_of_obstacle( $target );
				}
				$good = $this->lines( array_merge( ...array_values( $lines ) ), $options );
			}
		);
		if ( ! $good ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Says which account on a site is a user's, and asks the site at once. Their password there stays until it is next changed
	 * here. Exits with 1 if the account cannot be theirs, or they are not in step then.
	 *
	 * ## OPTIONS
	 *
	 * <user>
	 * : Login, address or id.
	 *
	 * <account>
	 * : Id of the account there.
	 *
	 * [--login=<login>]
	 * : Its login, where that is not the user's, nor has it their address. At a receiver it must have their address all the same.
	 *
	 * [--site=<name>]
	 * : The site, if there are several.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp rudr-sync link ann 31
	 *     $ wp rudr-sync link ann 31 --login=annie --site=shop
	 *
	 * @param string[]              $args    Words.
	 * @param array<string, string> $options Options.
	 */
	public function link( array $args, array $options ): void {
		$good = true;
		self::say(
			function () use ( $args, $options, &$good ): void {
				$target = $this->chosen()->site( $options['site'] ?? null );
				$user   = $this->chosen()->user( $args[0] );
				$this->must_deliver();
				$line = $this->desk->link->link( $target, $user, ctype_digit( $args[1] ) ? (int) $args[1] : 0, $options['login'] ?? null );
				$good = $this->linked( $line );
			}
		);
		if ( ! $good ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Forgets which account on a site is a user's. The account stays as it is; the user does not follow there until one says
	 * so by link, confirm, retry or sync.
	 *
	 * ## OPTIONS
	 *
	 * <user>
	 * : Login, address or id.
	 *
	 * [--site=<name>]
	 * : The site, if there are several.
	 *
	 * @param string[]              $args    Words.
	 * @param array<string, string> $options Options.
	 */
	public function unlink( array $args, array $options ): void {
		self::say(
			function () use ( $args, $options ): void {
				$target = $this->chosen()->site( $options['site'] ?? null );
				$this->desk->link->unlink( $target->name, $this->chosen()->user( $args[0] ) );
				/* translators: 1: a user, 2: short name of a site. */
				WP_CLI::success( sprintf( __( '%1$s is no longer linked on %2$s. The account there stays as it is.', 'rudr-sync' ), $args[0], $target->name ) );
			}
		);
	}

	/**
	 * Confirms that the account on a site which has a user's address is theirs.
	 *
	 * ## OPTIONS
	 *
	 * [<user>...]
	 * : Logins, addresses or ids.
	 *
	 * [--all]
	 * : All who wait for it.
	 *
	 * [--site=<name>]
	 * : The site, if there are several.
	 *
	 * @param string[]                   $args    Words.
	 * @param array<string, string|bool> $options Options.
	 */
	public function confirm( array $args, array $options ): void {
		self::say(
			function () use ( $args, $options ): void {
				$all = (bool) Utils\get_flag_value( $options, 'all', false );
				if ( $all === (bool) $args ) {
					throw new Command_Error( __( 'Name some users, or say --all.', 'rudr-sync' ) );
				}
				$target = $this->chosen()->site( $options['site'] ?? null );
				if ( $all ) {
					$count = count( $this->desk->link->confirm_all( $target->name ) );
				} else {
					$user_ids = $this->chosen()->users( $args );
					array_map( fn( int $id ) => $this->desk->link->confirm( $target->name, $id ), $user_ids );
					$count = count( $user_ids );
				}
				/* translators: 1: number of users, 2: short name of a site. */
				WP_CLI::success( sprintf( _n( '%1$d user is confirmed and follows to %2$s.', '%1$d users are confirmed and follow to %2$s.', $count, 'rudr-sync' ), $count, $target->name ) );
			}
		);
	}

	/**
	 * Lists the changes that are held, since there were too many at once that take away accounts, all roles or addresses on a site;
	 * or says what is to become of them. Exits with 1 if somebody who was confirmed by name is not in step then.
	 *
	 * ## OPTIONS
	 *
	 * [<what>]
	 * : `confirm`: they are meant and are sent, those of named users while you wait. `discard`: they were a mistake, and the accounts
	 * there stay as they are; of who was removed it is forgotten whose account that was, others follow again with their next change.
	 *
	 * [<user>...]
	 * : Logins, addresses or ids; all of whom something is held if none is named.
	 *
	 * [--site=<name>]
	 * : Only with this site.
	 *
	 * [--format=<format>]
	 * : How to print the list.
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
	 *     $ wp rudr-sync held
	 *     $ wp rudr-sync held discard --site=shop
	 *
	 * @param string[]              $args    Words.
	 * @param array<string, string> $options Options.
	 */
	public function held( array $args, array $options ): void {
		$good = true;
		$this->say(
			function () use ( $args, $options, &$good ): void {
				$targets = $this->chosen()->sites( $options['site'] ?? null );
				$what    = array_shift( $args );
				if ( null === $what ) {
					$this->lines( array_merge( ...array_map( fn( Target $target ): array => $this->desk->report->lines( Link_Report::HELD, $target->name, PHP_INT_MAX ), array_values( $targets ) ) ), $options );
					return;
				}
				$user_ids = $args ? $this->desk->held_command->users( $args, $this->chosen() ) : null;
				$done     = array_filter( array_map( fn( Target $target ): string => $this->desk->held_command->run( $what, $target->name, $user_ids ), $targets ) );
				if ( ! $done ) {
					throw new Command_Error( __( 'Nothing of that is held.', 'rudr-sync' ) );
				}
				array_map( array( WP_CLI::class, 'success' ), $done );
				if ( null !== $user_ids && Held_Command::CONFIRM === $what ) {
					$this->must_deliver();
					$lines = array_map( fn( Target $target ): array => $this->desk->sync->deliver( $target, $user_ids, INF ), array_values( array_intersect_key( $targets, $done ) ) );
					$good  = $this->lines( array_merge( ...$lines ), $options );
				}
			}
		);
		if ( ! $good ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Sends everybody, with a progress bar.
	 *
	 * @param Target                     $target  The site.
	 * @param array<string, string|bool> $options Options.
	 * @return bool Whether everybody is done.
	 */
	private function sync_all( Target $target, array $options ): bool {
		$bar  = null;
		$seen = 0;
		$done = $this->desk->sync->all(
			$target,
			static function ( int $done, int $all ) use ( &$bar, &$seen, $target ): void {
				/* translators: %s: short name of a site. */
				$bar ??= Utils\make_progress_bar( sprintf( __( 'Sending users to %s', 'rudr-sync' ), $target->name ), $all );
				if ( $done > $seen ) {
					$bar->tick( $done - $seen );
					$seen = $done;
				}
			}
		);
		$bar?->finish();
		$this->status( array(), array( 'site' => $target->name ) + $options );
		if ( ! $done ) {
			/* translators: %s: short name of a site. */
			WP_CLI::warning( sprintf( __( 'Not everybody is in step on %s. Who waits or is retried follows in the background; who has failed is listed at Users → Sync, each with the reason.', 'rudr-sync' ), $target->name ) );
			$this->warn_of_obstacle( $target );
		}
		return $done;
	}

	/**
	 * Says so if nothing goes to a site.
	 *
	 * @param Target $target The site.
	 */
	private function warn_of_obstacle( Target $target ): void {
		$why = $this->desk->sync->obstacle( $target );
		if ( null !== $why ) {
			WP_CLI::warning( $why );
		}
	}

	/**
	 * Says what came of a link that a person made.
	 *
	 * @param Link_Line $line The link.
	 * @return bool Whether the user is in step.
	 */
	private function linked( Link_Line $line ): bool {
		$account = trim( $line->remote_id . ' ' . $line->remote_login );
		switch ( $line->state() ) {
			case 'in_step':
			case 'partly':
				/* translators: 1: a user, 2: id and login of an account, 3: short name of a site. */
				WP_CLI::success( sprintf( __( '%1$s is linked to account %2$s on %3$s and follows there.', 'rudr-sync' ), $line->name(), $account, $line->site ) );
				if ( null !== $line->message && '' !== $line->message ) {
					WP_CLI::warning( $line->message );
				}
				return true;
			case 'failed':
				/* translators: 1: a user, 2: id and login of an account, 3: short name of a site, 4: why. */
				WP_CLI::warning( sprintf( __( '%1$s is linked to account %2$s on %3$s, but is not in step there: %4$s', 'rudr-sync' ), $line->name(), $account, $line->site, Advice::words( $line ) ) );
				return false;
			default:
				/* translators: 1: a user, 2: id and login of an account, 3: short name of a site, 4: why. */
				WP_CLI::warning( trim( sprintf( __( 'It is noted that account %2$s on %3$s is that of %1$s. The site could not be asked yet; it is as soon as it answers. %4$s', 'rudr-sync' ), $line->name(), $account, $line->site, Advice::words( $line ) ) ) );
				return false;
		}
	}

	/**
	 * Prints how users stand.
	 *
	 * @param Link_Line[]                $lines   The links.
	 * @param array<string, string|bool> $options Options.
	 * @return bool Whether all are in step.
	 */
	private function lines( array $lines, array $options ): bool {
		$good = true;
		$rows = array();
		foreach ( $lines as $line ) {
			$good   = $good && in_array( $line->state(), array( 'in_step', 'partly' ), true );
			$rows[] = array(
				'user'    => $line->name(),
				'id'      => $line->user_id,
				'site'    => $line->site,
				'state'   => $line->state(),
				'account' => $line->remote_id,
				'code'    => $line->code,
				'message' => Advice::words( $line ),
			);
		}
		Utils\format_items( (string) ( $options['format'] ?? 'table' ), $rows, array( 'user', 'id', 'site', 'state', 'account', 'code', 'message' ) );
		return $good;
	}
}
