<?php
/**
 * What an administrator orders of changes that are held.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The statements behind `held confirm` and `held discard`. They note what is wanted: delivery does it.
 */
final class Held_Orders extends Links_Table {

	/**
	 * What is held of these users is meant: it goes, and is not counted. Whatever else they change until then goes with it.
	 *
	 * @param string     $site     Name of the site.
	 * @param int[]|null $user_ids Users; null for all.
	 * @return int How many links.
	 */
	public function confirm( string $site, ?array $user_ids = null ): int {
		return $this->write(
			"UPDATE {$this->table} SET released = 1, code = NULL, message = NULL, " . self::due_now() . ", attempts = 0, failing = 0"
			. $this->held( $site, $user_ids )
		);
	}

	/**
	 * What is held of these users was a mistake: the accounts there stay as they are. Of who was removed the link is forgotten;
	 * whoever is here counts as in step until their next change.
	 *
	 * @param string     $site     Name of the site.
	 * @param int[]|null $user_ids Users; null for all.
	 * @return int How many links.
	 */
	public function discard( string $site, ?array $user_ids = null ): int {
		$held = $this->held( $site, $user_ids );
		// phpcs:disable WordPress.DB.PreparedSQL -- our own table, core's, and a prepared part.
		$gone = $this->write(
			"DELETE FROM {$this->table}{$held} AND want = '" . self::ABSENT . "' AND NOT EXISTS (SELECT 1 FROM {$this->db->users} u WHERE u.ID = user_id)"
		);
		// Without the lease nobody who is at it right now writes anything else over it.
		return $gone + $this->write(
			$this->db->prepare(
				"UPDATE {$this->table} SET synced_revision = revision, due_at = NULL, attempts = 0, failing = 0, secret = NULL, lease = NULL, lease_until = NULL, code = %s, message = %s",
				self::DISCARDED,
				__( 'An administrator has discarded what was held: the account there stays as it is until this user changes again.', 'rudr-sync' )
			) . $held
		);
		// phpcs:enable
	}

	/**
	 * The condition that picks what is held.
	 *
	 * @param string     $site     Name of the site.
	 * @param int[]|null $user_ids Users; null for all.
	 */
	private function held( string $site, ?array $user_ids ): string {
		return $this->db->prepare( ' WHERE site = %s AND code = %s', $site, self::HELD ) . ( null === $user_ids ? '' : ' AND ' . self::users( $user_ids ) );
	}
}
