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
				"UPDATE {$this->table} SET secret = %s, code = NULLIF(code, %s) WHERE site = %s AND user_id = %d AND NOT code <=> %s
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
