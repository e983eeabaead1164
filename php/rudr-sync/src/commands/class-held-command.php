<?php
/**
 * Whether what is held was meant.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * `held confirm` and `held discard`, and their buttons. What follows from the first is delivered with the next `sync`, or in the
 * background.
 */
final class Held_Command {

	/** It was meant. */
	public const CONFIRM = 'confirm';

	/** It was a mistake. */
	public const DISCARD = 'discard';

	/**
	 * Orders by these.
	 *
	 * @param Held_Orders $orders What a person wants of it.
	 * @param Held_Report $report What there is.
	 */
	public function __construct( private readonly Held_Orders $orders, private readonly Held_Report $report ) {
	}

	/**
	 * Whose changes are named: of who was removed also by the login that they had.
	 *
	 * @param string[] $words  What was named.
	 * @param Chosen   $chosen Finds who is here.
	 * @return int[]
	 * @throws Command_Error If there is nobody.
	 */
	public function users( array $words, Chosen $chosen ): array {
		return array_values( array_unique( array_map( fn( string $word ): int => $this->report->user( $word ) ?? $chosen->user( $word ), $words ) ) );
	}

	/**
	 * Does it.
	 *
	 * @param string     $what     CONFIRM or DISCARD.
	 * @param string     $site     Name of the site.
	 * @param int[]|null $user_ids Users; null for all of whom something is held.
	 * @return string What was done, in a sentence; '' if nothing of theirs is held.
	 * @throws Command_Error If it is neither of them.
	 */
	public function run( string $what, string $site, ?array $user_ids = null ): string {
		if ( self::CONFIRM === $what ) {
			$count = $this->orders->confirm( $site, $user_ids );
			/* translators: 1: number of users, 2: short name of a site. */
			$text = _n( 'What was held of %1$s user is confirmed and goes to %2$s.', 'What was held of %1$s users is confirmed and goes to %2$s.', $count, 'rudr-sync' );
		} elseif ( self::DISCARD === $what ) {
			$count = $this->orders->discard( $site, $user_ids );
			/* translators: 1: number of users, 2: short name of a site. */
			$text = _n( 'What was held of %1$s user is discarded. Their account on %2$s stays as it is.', 'What was held of %1$s users is discarded. Their accounts on %2$s stay as they are.', $count, 'rudr-sync' );
		} else {
			throw new Command_Error( __( 'Say confirm or discard.', 'rudr-sync' ) );
		}
		return 0 === $count ? '' : sprintf( $text, number_format_i18n( $count ), $site );
	}
}
