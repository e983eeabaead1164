<?php
/**
 * Who is suspended.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Lists the suspended accounts of this site.
 */
final class Suspended_List {

	/**
	 * Reads there.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
	}

	/**
	 * How many there are.
	 */
	public function count(): int {
		return ! Received::is_there() ? 0 : (int) $this->db->get_var( $this->db->prepare( "SELECT COUNT(*) FROM {$this->db->usermeta} m JOIN {$this->db->users} u ON u.ID = m.user_id WHERE m.meta_key = %s", $this->key() ) );
	}

	/**
	 * Some of them.
	 *
	 * @param int $limit  How many at most.
	 * @param int $offset How many to leave out first.
	 * @return Suspended_Line[]
	 */
	public function lines( int $limit, int $offset = 0 ): array {
		// Made by the first batch.
		if ( ! Received::is_there() ) {
			return array();
		}
		$table = Received::table( $this->db );
		$rows  = (array) $this->db->get_results(
			$this->db->prepare(
				// The site that wanted it last. phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
				"SELECT u.ID, u.user_login, MAX(m.meta_value) AS roles, TIMESTAMPDIFF(SECOND, MAX(r.removed_at), UTC_TIMESTAMP()) AS since, SUBSTRING_INDEX(GROUP_CONCAT(r.source ORDER BY r.removed_at DESC), ',', 1) AS source
				FROM {$this->db->usermeta} m JOIN {$this->db->users} u ON u.ID = m.user_id LEFT JOIN {$table} r ON r.local_id = u.ID AND r.removed_at IS NOT NULL
				WHERE m.meta_key = %s GROUP BY u.ID, u.user_login ORDER BY MAX(r.removed_at) DESC, u.ID LIMIT %d OFFSET %d",
				$this->key(),
				$limit,
				$offset
			)
		);
		return array_map(
			static fn( object $row ): Suspended_Line => new Suspended_Line(
				(int) $row->ID,
				$row->user_login,
				array_values( array_filter( (array) maybe_unserialize( $row->roles ), 'is_string' ) ),
				null === $row->since ? null : (int) $row->since,
				$row->source
			),
			$rows
		);
	}

	/**
	 * The user meta that says it.
	 */
	private function key(): string {
		return $this->db->get_blog_prefix() . Suspension::KEY;
	}
}
