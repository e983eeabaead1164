<?php
/**
 * What is held of a site, in numbers.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What Held_Report counted.
 */
final class Held_Changes {

	/**
	 * At a site.
	 *
	 * @param string $site     Its name.
	 * @param int    $removals Accounts of users who are gone here.
	 * @param int    $others   Accounts that would lose their roles or get another address.
	 */
	public function __construct( public readonly string $site, public readonly int $removals, public readonly int $others ) {
	}

	/**
	 * Such as "23 removals, 2 changes of address or role".
	 */
	public function words(): string {
		$words = array();
		if ( $this->removals ) {
			/* translators: %s: a number. */
			$words[] = sprintf( _n( '%s removal', '%s removals', $this->removals, 'rudr-sync' ), number_format_i18n( $this->removals ) );
		}
		if ( $this->others ) {
			/* translators: %s: a number. */
			$words[] = sprintf( _n( '%s change of address or role', '%s changes of address or role', $this->others, 'rudr-sync' ), number_format_i18n( $this->others ) );
		}
		return implode( ', ', $words );
	}
}
