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

	/**
	 * Looks there.
	 *
	 * @param Link_Report $report The links.
	 * @param Sites       $sites  The sites.
	 * @param Held_Report $held   What is held of them.
	 * @param Site_Rows   $rows   How the sites do.
	 */
	public function __construct( private readonly Link_Report $report, private readonly Sites $sites, private readonly Held_Report $held, private readonly Site_Rows $rows ) {
	}

	/**
	 * What keeps everything from being delivered, one sentence each.
	 *
	 * @return string[]
	 */
	public function with_the_setup(): array {
		$troubles = $this->sites->problems();
		$names    = $this->sites->names();
		// A site that others send their users to needs none for that.
		if ( ! Sites::extension_is_there() && ( $names || ! Receiver::is_in_use() ) ) {
			array_unshift( $troubles, self::no_extension( $names ) );
		}
		return Receiver::is_in_use() ? array_merge( $troubles, self::with_agents() ) : $troubles;
	}

	/**
	 * What keeps agents from being let in, one sentence each.
	 *
	 * @return string[]
	 */
	public static function with_agents(): array {
		return wp_is_application_passwords_available()
			? array()
			: array( __( 'Application passwords are switched off on this site, so that no other site can send its users here. They need https; a plugin may keep them off too.', 'rudr-sync' ) );
	}

	/**
	 * That the extension is missing, in a sentence.
	 *
	 * @param string[] $names Names of sites.
	 */
	public static function no_extension( array $names ): string {
		return $names
			/* translators: %s: short names of sites. */
			? sprintf( __( 'The PHP extension rudr_sync is not loaded. Changes of users are noted, but nothing is sent to %s until it is installed.', 'rudr-sync' ), implode( ', ', $names ) )
			: __( 'The PHP extension rudr_sync is not loaded. Without it users cannot follow to other sites. To take users of other sites it is not needed: make an agent for each of them under Users → Sync → This site as a receiver.', 'rudr-sync' );
	}

	/**
	 * That a site refuses us, and what mends it. A password that is corrected in wp-admin is tried at once; nothing tells of one that
	 * is corrected in a file until the site is looked at again, which may be in an hour.
	 *
	 * @param string $site Name of the site.
	 * @param string $from Where it is defined: Target::FROM_*.
	 */
	public static function refused( string $site, string $from ): string {
		/* translators: %s: short name of a site. */
		$words = sprintf( __( '%s refuses us altogether. Is the application password revoked, or its account gone? Nothing is sent there, and nothing is lost, until it is given a new application password.', 'rudr-sync' ), $site );
		if ( Target::FROM_TABLE === $from ) {
			return $words;
		}
		/* translators: %s: a command. */
		return $words . ' ' . sprintf( __( 'Once you have corrected it where the site is defined, say so: %s', 'rudr-sync' ), "wp rudr-sync resume --site={$site}" );
	}

	/**
	 * Sites that refuse us, and what mends it.
	 *
	 * @return string[]
	 */
	public function with_sites(): array {
		$refusing = array_intersect( $this->rows->refusing(), $this->sites->names() );
		// Each page of an administrator asks, and hardly ever does one refuse.
		$targets = $refusing ? $this->sites->all() : array();
		return array_map( static fn( string $site ): string => self::refused( $site, ( $targets[ $site ] ?? null )?->from ?? Target::UNDEFINED ), $refusing );
	}

	/**
	 * What is held, one sentence for each site.
	 *
	 * @return string[]
	 */
	public function held(): array {
		return array_map(
			/* translators: 1: short name of a site, 2: such as "23 removals, 2 changes of address or role". */
			static fn( Held_Changes $held ): string => sprintf( __( '%1$s: %2$s', 'rudr-sync' ), $held->site, $held->words() ),
			$this->held->all()
		);
	}

	/**
	 * Users who wait for a person, one sentence each.
	 *
	 * @return string[]
	 */
	public function with_users(): array {
		return array_map(
			static fn( Link_Line $line ): string => sprintf(
				/* translators: 1: login of a user, 2: short name of a site, 3: what happened and what to do, 4: error code. */
				__( '%1$s on %2$s: %3$s (%4$s)', 'rudr-sync' ),
				$line->name(),
				$line->site,
				Advice::words( $line ),
				(string) $line->code
			),
			$this->report->lines( Link_Report::NEEDING, null, self::TOLD )
		);
	}
}
