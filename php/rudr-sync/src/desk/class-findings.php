<?php
/**
 * What needs a person, for Site Health.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Collects, worst first. Prints nothing, and asks no site.
 */
final class Findings {

	/** Nothing is delivered, to one site at least. */
	public const CRITICAL = 'critical';

	/** Something stays undone until a person sees to it. */
	public const RECOMMENDED = 'recommended';

	/** Seconds for which somebody may wait before a site that does not answer is worth a word. */
	private const LONG = DAY_IN_SECONDS;

	/**
	 * Collects from there.
	 *
	 * @param Status      $status   The sites.
	 * @param Link_Report $report   The users.
	 * @param Identity    $identity Which install this is.
	 */
	public function __construct( private readonly Status $status, private readonly Link_Report $report, private readonly Identity $identity ) {
	}

	/**
	 * All of them.
	 *
	 * @return array<int, array{level: string, text: string}>
	 */
	public function all(): array {
		if ( ! Schema::is_made() ) {
			return self::of( self::CRITICAL, array( __( 'The tables of Rudr Sync are missing in the database, or are those of an older version: changes of users are not noted. See to it that WordPress\'s database user may CREATE and ALTER tables, then deactivate the plugin and activate it again.', 'rudr-sync' ) ) );
		}
		$sites    = $this->status->all();
		$critical = $this->status->unreadable();
		$other    = array();
		if ( ! $sites ) {
			return self::of( self::CRITICAL, $critical );
		}
		if ( ! Sites::extension_is_there() ) {
			$critical[] = Troubles::no_extension( array_map( 'strval', array_keys( $sites ) ) );
		}
		if ( Identity::UNSURE === $this->identity->hold() ) {
			$critical[] = __( 'This site may be a copy of another: its address, environment type or database has changed. Nothing is sent until an administrator says whether it has moved or is a copy.', 'rudr-sync' );
		} elseif ( Identity::OFF === $this->identity->hold() ) {
			$other[] = __( 'The constant RUDR_SYNC_OFF keeps everything from being sent.', 'rudr-sync' );
		}
		foreach ( $sites as $site ) {
			if ( Target::UNDEFINED === $site->from ) {
				/* translators: 1: short name of a site, 2: what is wrong. */
				$other[] = sprintf( __( '%1$s: %2$s', 'rudr-sync' ), $site->name, $site->problem );
			} elseif ( null !== $site->problem ) {
				/* translators: 1: short name of a site, 2: what is wrong. */
				$critical[] = sprintf( __( '%1$s cannot be used: %2$s', 'rudr-sync' ), $site->name, $site->problem );
			}
			if ( Site_Status::QUARANTINED === $site->state ) {
				$critical[] = Troubles::refused( $site->name, $site->from );
			} elseif ( null !== $site->oldest && $site->oldest >= self::LONG ) {
				/* translators: 1: short name of a site, 2: a time span such as "2 days". */
				$other[] = sprintf( __( 'Users have been waiting for %1$s for %2$s.', 'rudr-sync' ), $site->name, Ago::span( $site->oldest ) );
			}
			if ( $site->held_back > 0 ) {
				/* translators: 1: number of users, 2: short name of a site, 3: logins of users. */
				$critical[] = sprintf( _n( 'A change of %1$s user that takes away their account, all roles or the address on %2$s is held, since there were too many such changes at once: %3$s. Confirm or discard it.', 'Changes of %1$s users that take away their accounts, all roles or the addresses on %2$s are held, since there were too many such changes at once: %3$s. Confirm or discard them.', $site->held_back, 'rudr-sync' ), number_format_i18n( $site->held_back ), $site->name, $this->report->who( Link_Report::HELD, $site->name ) );
			}
			if ( $site->failed + $site->partly > 0 ) {
				$number = $site->failed + $site->partly;
				/* translators: 1: number of users, 2: short name of a site, 3: logins of users. */
				$other[] = sprintf( _n( '%1$s user is not in step on %2$s, and no retry can help: %3$s.', '%1$s users are not in step on %2$s, and no retry can help: %3$s.', $number, 'rudr-sync' ), number_format_i18n( $number ), $site->name, $this->report->who( Link_Report::NEEDING, $site->name ) );
			}
			if ( $site->without_receiver > 0 ) {
				/* translators: 1: number of users, 2: short name of a site, 3: logins of users. */
				$other[] = sprintf( _n( '%1$s user (%3$s) waits for the plugin on %2$s: it is switched off there, or of a version too far from this one.', '%1$s users (%3$s) wait for the plugin on %2$s: it is switched off there, or of a version too far from this one.', $site->without_receiver, 'rudr-sync' ), number_format_i18n( $site->without_receiver ), $site->name, $this->report->who( Link_Report::WITHOUT_RECEIVER, $site->name ) );
			}
			if ( $site->key_lost > 0 ) {
				/* translators: 1: number of users, 2: short name of a site, 3: logins of users. */
				$critical[] = sprintf( _n( 'A password of %1$s user (%3$s) cannot go to %2$s: the key that seals passwords is missing, or is not the one that sealed it.', 'Passwords of %1$s users (%3$s) cannot go to %2$s: the key that seals passwords is missing, or is not the one that sealed them.', $site->key_lost, 'rudr-sync' ), number_format_i18n( $site->key_lost ), $site->name, $this->report->who( Link_Report::KEY_LOST, $site->name ) );
			}
		}
		return array_merge( self::of( self::CRITICAL, $critical ), self::of( self::RECOMMENDED, $other ) );
	}

	/**
	 * Findings of one level.
	 *
	 * @param string   $level Level.
	 * @param string[] $texts Texts.
	 * @return array<int, array{level: string, text: string}>
	 */
	private static function of( string $level, array $texts ): array {
		$findings = array();
		foreach ( $texts as $text ) {
			$findings[] = compact( 'level', 'text' );
		}
		return $findings;
	}
}
