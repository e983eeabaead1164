<?php
/**
 * A request with jobs.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What stands around the jobs:
 *
 *     source   the source's uuid; required
 *     jobs     list of jobs, at most `max_jobs`; required
 *     options  what the source's administrator has set for this site:
 *              adopt      'never', 'proven' (default) or 'any': which accounts that are here already may be taken over
 *              remove     'own' (default), 'all' or 'never': which accounts a delete removes; others are only unlinked
 *              recreate   make an account anew that was removed here
 *              authority  of two sites that follow each other, the source is right: nothing is `stale`
 *              roles      the roles that the source's map can give: only those are given and taken. Missing: all that this
 *                         site allows
 *              seconds    for how long the source waits for an answer
 */
final class Received_Request {

	/**
	 * A request.
	 *
	 * @param string        $source    The source, in small letters.
	 * @param array<mixed>  $jobs      Its jobs, not read yet.
	 * @param string        $adopt     Which accounts may be taken over.
	 * @param string        $remove    Which accounts may be removed.
	 * @param bool          $recreate  Whether an account that was removed here is made anew.
	 * @param bool          $authority Whether the source is right.
	 * @param string[]|null $roles     The roles that the source can give.
	 * @param int|null      $seconds   For how long the source waits.
	 */
	private function __construct(
		public readonly string $source,
		public readonly array $jobs,
		public readonly string $adopt,
		public readonly string $remove,
		public readonly bool $recreate,
		public readonly bool $authority,
		public readonly ?array $roles,
		public readonly ?int $seconds
	) {
	}

	/**
	 * Reads a request.
	 *
	 * @param mixed $sent Its body.
	 * @throws Bad_Job If it cannot be read.
	 */
	public static function read( #[\SensitiveParameter] mixed $sent ): self {
		$body   = Received_Fields::of( $sent, 'body' );
		$source = strtolower( $body->text( 'source', 36 ) ?? throw new Bad_Job( 'source', 'is missing' ) );
		if ( ! preg_match( '/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/D', $source ) ) {
			throw new Bad_Job( 'source', 'must be a uuid' );
		}
		$jobs = $body->any( 'jobs' );
		if ( ! is_array( $jobs ) || ! array_is_list( $jobs ) ) {
			throw new Bad_Job( 'jobs', 'must be a list' );
		}
		$options = Received_Fields::of( $body->map( 'options' ), 'options', 'options.' );
		return new self(
			$source,
			$jobs,
			$options->word( 'adopt', array( 'never', 'proven', 'any' ) ) ?? 'proven',
			$options->word( 'remove', array( 'own', 'all', 'never' ) ) ?? 'own',
			$options->flag( 'recreate' ),
			$options->flag( 'authority' ),
			$options->texts( 'roles' ),
			$options->number( 'seconds' )
		);
	}
}
