<?php
/**
 * Passwords that wait.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * New passwords wait sealed in the links, each until it is delivered.
 */
final class Waiting_Passwords extends Links_Table {

	/** Seconds after which a password is erased that only a person could have sent on its way. */
	private const KEPT = 2592000;

	/** Passwords erased at once. */
	private const MOST = 500;

	/**
	 * Keeps a sealed password until it is delivered, if it still is the user's: another request may have set a newer one
	 * meanwhile, and may be through with it.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 * @param string $sealed  The password, sealed.
	 * @param string $mark    Its mark.
	 */
	public function keep( string $site, int $user_id, string $sealed, string $mark ): void {
		$this->write_or_log(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table and core's.
				"UPDATE {$this->table} SET secret = %s, kept_at = UTC_TIMESTAMP(), code = NULLIF(code, %s) WHERE site = %s AND user_id = %d AND NOT code <=> %s
				AND EXISTS (SELECT 1 FROM {$this->db->usermeta} WHERE user_id = %d AND meta_key = %s AND meta_value LIKE %s)",
				$sealed,
				self::KEY_MISSING,
				$site,
				$user_id,
				self::UNLINKED,
				$user_id,
				Password_Mark::META,
				$this->db->esc_like( $mark ) . ' %'
			)
		);
	}

	/**
	 * Erases passwords of users who failed for good and whom nobody has seen to for a month: a password is not to lie there for
	 * ever because nobody looks. What is held waits for an administrator, and a password whose key is missing for that key.
	 *
	 * @param string $site Name of the site.
	 */
	public function erase_old( string $site ): void {
		$old = $this->db->prepare(
			// phpcs:ignore WordPress.DB.PreparedSQL -- a number.
			'site = %s AND code IS NOT NULL AND code <> %s AND secret IS NOT NULL AND due_at IS NULL AND revision <> synced_revision
			AND kept_at < UTC_TIMESTAMP() - INTERVAL ' . Clock::seconds( self::KEPT ) . ' SECOND',
			$site,
			self::HELD
		);
		// Read first, and by the index of those in trouble: a write that looks for them would hold up whoever changes meanwhile.
		// phpcs:disable WordPress.DB.PreparedSQL -- our own table, and prepared parts.
		$ids = $this->db->get_col( "SELECT user_id FROM {$this->table} FORCE INDEX (trouble) WHERE {$old} LIMIT " . self::MOST );
		if ( $ids ) {
			$message = __( 'The new password has waited for a month and was erased (password_unknown): it follows when it is next changed.', 'rudr-sync' );
			$this->write_or_log(
				$this->db->prepare( "UPDATE {$this->table} FORCE INDEX (PRIMARY) SET secret = NULL, message = CONCAT_WS(' ', message, %s) WHERE ", $message )
				. $old . ' AND ' . self::users( $ids )
			);
		}
		// phpcs:enable
	}

	/**
	 * Notes that a new password could not be kept; an older one that waits is of no use any more.
	 *
	 * @param string $site    Name of the site.
	 * @param int    $user_id User.
	 * @param string $message What to do about it.
	 */
	public function cannot_keep( string $site, int $user_id, string $message ): void {
		$this->write_or_log(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"UPDATE {$this->table} SET secret = NULL, message = IF(code = %s, message, %s), code = IF(code = %s, code, %s)
				WHERE site = %s AND user_id = %d AND NOT code <=> %s",
				self::HELD,
				$message,
				self::HELD,
				self::KEY_MISSING,
				$site,
				$user_id,
				self::UNLINKED
			)
		);
	}
}
