<?php
/**
 * What is held.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Counts the changes that wait for an administrator. Reads only; who they are is Link_Report's.
 */
final class Held_Report {

	/**
	 * Reads there.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
	}

	/**
	 * Of every site of which something is.
	 *
	 * @return Held_Changes[]
	 */
	public function all(): array {
		$links = Links::table( $this->db );
		$rows  = (array) $this->db->get_results(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table and core's.
				"SELECT l.site, COUNT(*) AS held, COALESCE(SUM(u.ID IS NULL), 0) AS removals
				FROM {$links} l LEFT JOIN {$this->db->users} u ON u.ID = l.user_id WHERE l.code = %s GROUP BY l.site ORDER BY l.site",
				Links::HELD
			),
			ARRAY_A
		);
		return array_map(
			static fn( array $row ): Held_Changes => new Held_Changes( $row['site'], (int) $row['removals'], (int) $row['held'] - (int) $row['removals'] ),
			$rows
		);
	}

	/**
	 * The user of that login of whom something is held; who was removed is nobody whom WordPress knows.
	 *
	 * @param string $login Login.
	 */
	public function user( string $login ): ?int {
		$links = Links::table( $this->db );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		$id = $this->db->get_var( $this->db->prepare( "SELECT user_id FROM {$links} WHERE code = %s AND login = %s LIMIT 1", Links::HELD, $login ) );
		return null === $id ? null : (int) $id;
	}
}
