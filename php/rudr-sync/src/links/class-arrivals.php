<?php
/**
 * Links to sites whose users follow to here.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Where two sites follow each other, each is a source and a receiver. What arrives from a site is noted on the link to it: so the
 * links agree on both ends, and nothing is sent back that has just come. A site is known again by the uuid that its receiver told.
 */
final class Arrivals extends Links_Table {

	/** Bytes of notes beyond which nothing is known any more: hundreds of arrivals, and nothing could be sent to that site. */
	private const MOST = 30000;

	/**
	 * A site has said what a user is like, and they are so now; or else the link is marked.
	 *
	 * @param string  $source   Its uuid.
	 * @param int     $user_id  The user here.
	 * @param int     $their_id The user there.
	 * @param Arrival $arrival  What it has.
	 */
	public function note( string $source, int $user_id, int $their_id, Arrival $arrival ): void {
		$full = "LENGTH({$this->table}.received) > " . self::MOST;
		$also = array(
			'base'     => "IF({$full}, NULL, base)",
			'received' => "IF({$full}, VALUES(received), CONCAT(COALESCE({$this->table}.received, ''), VALUES(received)))",
		);
		if ( $arrival->is_to_be_answered() ) {
			$also += self::MARKED + array(
				'due_at'   => 'UTC_TIMESTAMP()',
				'priority' => (string) self::LIVE,
			);
		}
		$this->write_or_log(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own tables and core's.
				"INSERT IGNORE INTO {$this->table} (site, user_id, remote_id, remote_login, trust, received, revision, dirty_since, due_at)
				SELECT s.name, u.ID, %d, u.user_login, 'adopted', %s, %d, UTC_TIMESTAMP(), IF(%d = 1, UTC_TIMESTAMP(), NULL) FROM {$this->known()} JOIN {$this->db->users} u ON u.ID = %d WHERE s.remote_uuid = %s",
				$their_id,
				$arrival->line(),
				(int) $arrival->is_to_be_answered(),
				(int) $arrival->is_to_be_answered(),
				$user_id,
				$source
			) . self::where_there_is_one( "{$this->table}.user_id = " . $user_id, $also )
		);
	}

	/**
	 * A site has removed a user, and so they are removed here, or suspended: there is nothing to remove there any more.
	 *
	 * @param string $source   Its uuid.
	 * @param int    $user_id  The user here.
	 * @param int    $their_id The user there.
	 * @return string[] Names of the sites that this is, where a link of the user held that account, or none.
	 */
	public function sites_of( string $source, int $user_id, int $their_id ): array {
		return $this->db->get_col(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own tables.
				"SELECT l.site FROM {$this->table} l JOIN {$this->known()} ON s.name = l.site
				WHERE s.remote_uuid = %s AND l.user_id = %d AND COALESCE(l.remote_id, %d) = %d",
				$source,
				$user_id,
				$their_id,
				$their_id
			)
		);
	}

	/**
	 * A site has said who it is: what came from there before is linked now.
	 *
	 * @param string $site Name of the site.
	 */
	public function link_earlier( string $site ): void {
		if ( ! Received::is_there() ) {
			return;
		}
		$received = Received::table( $this->db );
		$this->write_or_log(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own tables and core's.
				"INSERT IGNORE INTO {$this->table} (site, user_id, remote_id, remote_login, trust)
				SELECT s.name, u.ID, r.user_id, u.user_login, 'adopted' FROM {$this->known()}
				JOIN {$received} r ON r.source = s.remote_uuid AND r.complete = 1
				JOIN {$this->db->users} u ON u.ID = r.local_id
				LEFT JOIN {$this->table} l ON l.site = s.name AND l.user_id = u.ID
				WHERE s.name = %s AND l.remote_id IS NULL",
				$site
			) . self::where_there_is_one( "{$this->table}.user_id = VALUES(user_id)" )
		);
	}

	/**
	 * The sites that are followed to.
	 */
	private function known(): string {
		return '(SELECT name, remote_uuid FROM ' . Site_Rows::table( $this->db ) . " WHERE status <> '" . Site_Row::DISCONNECTED . "') s";
	}

	/**
	 * What is set on a link that is there: whose account it is, if it holds none and nobody has unlinked it. Who waited for just
	 * that is due.
	 *
	 * @param string                $is_it Condition that the row is that of this user: another's may hold the account.
	 * @param array<string, string> $also  SQL by column: what else is set.
	 */
	private static function where_there_is_one( string $is_it, array $also = array() ): string {
		$is_free = "remote_id IS NULL AND NOT code <=> '" . self::UNLINKED . "'";
		// MySQL sets from left to right: what is asked of a column comes before it is set.
		$set = array(
			'due_at'       => "IF({$is_free} AND code IN ('unproven', 'conflict', 'existing_user_login', 'existing_user_email'), UTC_TIMESTAMP(), due_at)",
			'remote_login' => "IF({$is_free}, VALUES(remote_login), remote_login)",
			'trust'        => "IF({$is_free}, VALUES(trust), trust)",
			'remote_id'    => "IF({$is_free}, VALUES(remote_id), remote_id)",
		);
		$set = array_merge( $set, $also );
		foreach ( $set as $column => $sql ) {
			$set[ $column ] = "IF({$is_it}, {$sql}, {$column})";
		}
		return ' ON DUPLICATE KEY UPDATE ' . self::assignments( $set );
	}
}
