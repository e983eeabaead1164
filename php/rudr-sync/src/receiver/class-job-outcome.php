<?php
/**
 * What came of a job.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The words in which the source is told what came of a job:
 *
 *     status       created, updated, unchanged; deleted, absent, unlinked; found (an account is there and may be taken over:
 *                  nothing was written, send the job again with its id); retry; rejected
 *     id, login, trust, registered   the account, where there is one that the source may know of
 *     held         for each field that was sent the digest of what the account now holds; not for those that are `stale`
 *     refused      field => code: not stored, all else was
 *     code         why not: existing_user_login, existing_user_email, unproven, conflict, privileged, gone, identity_mismatch,
 *                  incomplete, invalid_job, waits_for, busy, budget, exception, …
 *     message      the same for a person
 *     retry_after  seconds
 *     ref          as it came
 */
final class Job_Outcome {

	/**
	 * It is so now.
	 *
	 * @param string                $status  The word for it.
	 * @param \WP_User              $user    The account.
	 * @param string                $trust   Whose it is.
	 * @param array<string, string> $held    Digests by field.
	 * @param array<string, string> $refused Codes by field.
	 * @return array<string, mixed>
	 */
	public static function done( string $status, \WP_User $user, string $trust, array $held = array(), array $refused = array() ): array {
		$told = array();
		foreach ( $refused as $field => $code ) {
			$told[] = "$field ($code)";
		}
		return array(
			'status'     => $status,
			'id'         => $user->ID,
			'login'      => $user->user_login,
			'trust'      => $trust,
			'registered' => self::registered( $user ),
			'held'       => (object) $held,
			'refused'    => (object) $refused,
			'code'       => null,
			'message'    => $told ? 'Not stored: ' . implode( ', ', $told ) . '.' : '',
		);
	}

	/**
	 * Somebody is gone, or no longer the source's.
	 *
	 * @param string $status  The word for it.
	 * @param string $message For a person.
	 * @return array<string, mixed>
	 */
	public static function over( string $status, string $message = '' ): array {
		return array(
			'status'  => $status,
			'code'    => null,
			'message' => $message,
		);
	}

	/**
	 * No.
	 *
	 * @param string   $code    Why.
	 * @param string   $message The same for a person.
	 * @param int|null $id      Because of which account.
	 * @return array<string, mixed>
	 */
	public static function rejected( string $code, string $message, ?int $id = null ): array {
		return array(
			'status'  => 'rejected',
			'id'      => $id,
			'code'    => $code,
			'message' => $message,
		);
	}

	/**
	 * No: the account is nobody's to change from outside.
	 *
	 * @param \WP_User $user The account.
	 * @return array<string, mixed>
	 */
	public static function privileged( \WP_User $user ): array {
		return self::rejected( 'privileged', "Account #{$user->ID} may edit users, options or code there: it is left alone.", $user->ID );
	}

	/**
	 * No: what the source's link means is somebody else by now.
	 *
	 * @return array<string, mixed>
	 */
	public static function identity_mismatch(): array {
		return self::rejected( 'identity_mismatch', 'The account there is not the one that the link means.' );
	}

	/**
	 * Not now.
	 *
	 * @param string   $code    Why.
	 * @param string   $message The same for a person.
	 * @param int      $seconds When again.
	 * @param int|null $id      Because of which account.
	 * @return array<string, mixed>
	 */
	public static function retry( string $code, string $message, int $seconds = 0, ?int $id = null ): array {
		return array(
			'status'      => 'retry',
			'id'          => $id,
			'code'        => $code,
			'message'     => $message,
			'retry_after' => $seconds,
		);
	}

	/**
	 * Not now: another user of the same source holds the account.
	 *
	 * @param int $id The account.
	 * @return array<string, mixed>
	 */
	public static function waits_for( int $id ): array {
		return self::retry( 'waits_for', "Account #{$id} belongs to another user of the same site.", 60, $id );
	}

	/**
	 * When an account was made, in the words of core's REST.
	 *
	 * @param \WP_User $user The account.
	 */
	public static function registered( \WP_User $user ): string {
		return gmdate( 'c', (int) strtotime( $user->user_registered . ' UTC' ) );
	}
}
