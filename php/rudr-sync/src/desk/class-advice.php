<?php
/**
 * What a person can do about a link.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Adds to what was said of a link what only this side knows: that somebody unlinked it, or that user meta names an account.
 */
final class Advice {

	/**
	 * What was said, and what is to be added.
	 *
	 * @param Link_Line $line The link.
	 */
	public static function words( Link_Line $line ): string {
		return trim( $line->message . ' ' . self::on( $line ) );
	}

	/**
	 * What is to be added; '' if nothing is.
	 *
	 * @param Link_Line $line The link.
	 */
	private static function on( Link_Line $line ): string {
		if ( Link_Line::UNLINKED === $line->code ) {
			return (string) $line->message !== '' ? '' : sprintf(
				/* translators: 1: login of a user, 2: short name of a site. */
				__( 'Somebody unlinked %1$s: they do not follow to %2$s. An account there stays as it is.', 'rudr-sync' ),
				$line->name(),
				$line->site
			);
		}
		$noted = $line->removed || null !== $line->remote_id || ! Remote_Id_Meta::is_for( $line->site ) ? 0 : (int) get_user_meta( $line->user_id, Remote_Id_Meta::KEY, true );
		if ( $noted <= 0 ) {
			return '';
		}
		return match ( $line->code ) {
			'unproven' => sprintf(
				/* translators: 1: key of user meta, 2: login of a user, 3: id of an account, 4: short name of a site. */
				__( 'The user meta %1$s says that %2$s has account %3$d on %4$s. That alone is not believed, since any profile plugin lets people write it. If you know that the account with this address is theirs, choose Confirm.', 'rudr-sync' ),
				Remote_Id_Meta::KEY,
				$line->name(),
				$noted,
				$line->site
			),
			'conflict' => sprintf(
				/* translators: 1: key of user meta, 2: login of a user, 3: id of an account, 4: short name of a site, 5: a command. */
				__( 'The user meta %1$s says that %2$s has account %3$d on %4$s. That alone is not believed. If you know that it is theirs, say so: %5$s', 'rudr-sync' ),
				Remote_Id_Meta::KEY,
				$line->name(),
				$noted,
				$line->site,
				"wp rudr-sync link {$line->user_id} {$noted} --site={$line->site}"
			),
			default => '',
		};
	}
}
