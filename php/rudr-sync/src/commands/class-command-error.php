<?php
/**
 * Why a command cannot be carried out.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What a person asked for cannot be done; the message is a sentence for them, translated, with no secret in it.
 */
final class Command_Error extends \RuntimeException {

	/**
	 * The database would not.
	 *
	 * @param Database_Error $error What it said.
	 */
	public static function of_database( Database_Error $error ): self {
		/* translators: %s: what the database says. */
		return new self( sprintf( __( 'The database failed: %s. Try again; some of it may be done already.', 'rudr-sync' ), $error->getMessage() ) );
	}
}
