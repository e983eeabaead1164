<?php
/**
 * How many destructive changes an hour are no accident.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The number of a site's definition, else that of the constant RUDR_SYNC_GUARD, else the usual one.
 */
final class Guard_Limit {

	/** The usual number, where a site's links are not many. */
	public const USUAL = 20;

	/** The usual share of a site's links, where that is more. */
	private const SHARE = 0.05;

	/**
	 * Counts there.
	 *
	 * @param Links $links The links.
	 */
	public function __construct( private readonly Links $links ) {
	}

	/**
	 * The limit of a site.
	 *
	 * @param Target $target The site.
	 * @param int    $number For how many it is to suffice: links are counted only if that makes a difference.
	 * @return int|null Null: there is none.
	 */
	public function of( Target $target, int $number ): ?int {
		$limit = $target->guard() ?? ( defined( 'RUDR_SYNC_GUARD' ) ? (int) constant( 'RUDR_SYNC_GUARD' ) : null );
		if ( null === $limit ) {
			$limit = self::USUAL;
			if ( $number > $limit || has_filter( 'rudr_sync_guard' ) ) {
				$limit = max( $limit, (int) ( self::SHARE * $this->links->count( $target->name ) ) );
			}
		}
		$limit = $this->filtered( $limit, $target->name );
		return $limit > 0 ? $limit : null;
	}

	/**
	 * As other plugins want it.
	 *
	 * @param int    $limit The limit.
	 * @param string $site  Name of the site.
	 */
	private function filtered( int $limit, string $site ): int {
		try {
			/**
			 * Filters how many destructive changes (removals of accounts, losses of all roles, changed addresses) are sent to another
			 * site within an hour. More are held until an administrator confirms or discards them. Asked whenever there is one.
			 *
			 * @param int    $limit How many; 0: any number.
			 * @param string $site  Short name of the other site.
			 */
			return (int) apply_filters( 'rudr_sync_guard', $limit, $site );
		} catch ( \Throwable $e ) {
			Log::thrown( $e );
			return $limit;
		}
	}
}
