<?php
/**
 * What other plugins are told, and asked.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The hooks of delivery. What others' code throws there is theirs: it is logged, and the next user goes on.
 */
final class Announcements {

	/** What is a success. */
	private const DELIVERED = array( 'created', 'updated', 'unchanged', 'deleted', 'absent', 'unlinked' );

	/**
	 * Whether a user follows to a site. The account through which other sites send theirs is nobody.
	 *
	 * @param Person $person The user.
	 * @param Target $target The site.
	 */
	public static function should_sync( Person $person, Target $target ): bool {
		if ( in_array( Agent::ROLE, $person->roles, true ) ) {
			return false;
		}
		/**
		 * Filters whether a user follows to another site. False leaves their account there, if they have one, as it is. Asked
		 * when the user is delivered, after each change. Removals are not asked about.
		 *
		 * @param bool   $should  Whether they do.
		 * @param int    $user_id The user.
		 * @param string $site    Short name of the other site.
		 */
		return (bool) apply_filters( 'rudr_sync_should_sync', true, $person->id, $target->name );
	}

	/**
	 * Tells what came of a job.
	 *
	 * @param int                  $user_id User.
	 * @param Target               $target  The site.
	 * @param array<string, mixed> $outcome The outcome.
	 */
	public static function of( int $user_id, Target $target, array $outcome ): void {
		try {
			if ( in_array( $outcome['status'], self::DELIVERED, true ) ) {
				/**
				 * A user is in step with another site, or gone there.
				 *
				 * @param int    $user_id The user; gone here too if they were removed.
				 * @param string $site    Short name of the other site.
				 * @param array  $outcome What came of it: `status`, `id`, `login`, `refused`, `message` and more.
				 */
				do_action( 'rudr_sync_delivered', $user_id, $target->name, $outcome );
			} elseif ( 'found' !== $outcome['status'] && 'site' !== ( $outcome['scope'] ?? '' ) ) {
				/**
				 * A user could not be delivered, for a reason of their own (that a whole site does not answer is none).
				 *
				 * @param int    $user_id The user.
				 * @param string $site    Short name of the other site.
				 * @param array  $outcome What came of it: `code`, `message`, `due` (seconds until the next try; null: a person is needed) and more.
				 */
				do_action( 'rudr_sync_failed', $user_id, $target->name, $outcome );
			}
		} catch ( \Throwable $e ) {
			Log::thrown( $e );
		}
	}
}
