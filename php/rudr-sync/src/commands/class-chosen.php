<?php
/**
 * What a person named.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Finds the sites and users that somebody names in a command.
 */
final class Chosen {

	/**
	 * Finds among these.
	 *
	 * @param Sites       $sites  The sites.
	 * @param Link_Report $report The links, for who is no longer here.
	 */
	public function __construct( private readonly Sites $sites, private readonly Link_Report $report ) {
	}

	/**
	 * The site of that name; all sites where none is named.
	 *
	 * @param string|null $name A short name.
	 * @return Target[] By name.
	 * @throws Command_Error If there is none.
	 */
	public function sites( ?string $name ): array {
		$all = $this->sites->all();
		if ( ! $all ) {
			throw new Command_Error( __( 'Users follow nowhere yet: define a site, or add one under Users → Sync.', 'rudr-sync' ) );
		}
		return null === $name ? $all : array( $name => $this->site( $name ) );
	}

	/**
	 * The site of that name, or the only one.
	 *
	 * @param string|null $name A short name.
	 * @throws Command_Error If there is none, or it must be named.
	 */
	public function site( ?string $name ): Target {
		$all = $this->sites->all();
		if ( null === $name ) {
			if ( 1 === count( $all ) ) {
				return reset( $all );
			}
			/* translators: %s: short names of sites. */
			throw new Command_Error( sprintf( __( 'Say which site with --site=<name>: %s.', 'rudr-sync' ), implode( ', ', array_keys( $all ) ) ) );
		}
		/* translators: 1: what was named, 2: short names of sites. */
		return $all[ $name ] ?? throw new Command_Error( sprintf( __( 'There is no site "%1$s". There are: %2$s.', 'rudr-sync' ), $name, implode( ', ', array_keys( $all ) ) ) );
	}

	/**
	 * Users by login, address or id, as WP-CLI's own commands take them.
	 *
	 * @param string[] $words What was named.
	 * @return int[] Their ids. An id that nobody has here may be of somebody who was removed.
	 * @throws Command_Error If there is none.
	 */
	public function users( array $words ): array {
		return array_values( array_unique( array_map( array( $this, 'user' ), $words ) ) );
	}

	/**
	 * One of them.
	 *
	 * @param string $word What was named.
	 * @throws Command_Error If there is none.
	 */
	public function user( string $word ): int {
		$user = get_user_by( 'login', $word );
		if ( ! $user && is_email( $word ) ) {
			$user = get_user_by( 'email', $word );
		}
		if ( $user ) {
			return $user->ID;
		}
		if ( ctype_digit( $word ) && ( get_userdata( (int) $word ) || $this->report->of( array( (int) $word ) ) ) ) {
			return (int) $word;
		}
		/* translators: %s: what was named. */
		throw new Command_Error( sprintf( __( 'There is no user "%s" here.', 'rudr-sync' ), $word ) );
	}
}
