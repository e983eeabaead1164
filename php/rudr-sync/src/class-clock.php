<?php
/**
 * How long things wait.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Every time that is stored is the database's, and every wait that is added to one passes through here, so that a test can
 * run time sixty times faster: the constant RUDR_SYNC_TIME_SCALE. How long a request to a site may take is not scaled, since
 * the site's time is its own.
 */
final class Clock {

	/** Seconds after which the extension looks whether a create that never was answered has worked. */
	private const UNANSWERED = 60;

	/**
	 * How many times faster time runs.
	 */
	public static function scale(): int {
		return defined( 'RUDR_SYNC_TIME_SCALE' ) ? max( 1, (int) constant( 'RUDR_SYNC_TIME_SCALE' ) ) : 1;
	}

	/**
	 * So many seconds, in the clock's; never less than one, since the tables keep whole ones.
	 *
	 * @param int $seconds Seconds.
	 */
	public static function seconds( int $seconds ): int {
		return (int) ceil( $seconds / self::scale() );
	}

	/**
	 * SQL for a time that far ahead.
	 *
	 * @param int $seconds Seconds.
	 */
	public static function ahead( int $seconds ): string {
		return 'UTC_TIMESTAMP() + INTERVAL ' . self::seconds( $seconds ) . ' SECOND';
	}

	/**
	 * When a create was tried, for the extension, which counts a minute from it by itself. Where time runs faster and that
	 * minute is over, it is told so.
	 *
	 * @param int|null $tried When, Unix seconds.
	 * @param int|null $last  When it was last tried.
	 * @param int      $now   Now.
	 */
	public static function tried( ?int $tried, ?int $last, int $now ): ?int {
		$over = null !== $last && ( $now - $last ) * self::scale() >= self::UNANSWERED;
		return null !== $tried && $over ? min( $tried, $now - self::UNANSWERED ) : $tried;
	}
}
