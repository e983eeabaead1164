<?php
/**
 * Users as the database has them now.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Reads users straight from the primary database, past the object cache: a stale cache or a lagging replica must not
 * decide what other sites are told.
 */
final class Primary {

	/**
	 * Reads from this database.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
	}

	/**
	 * The rows of these users; who is gone is not among them.
	 *
	 * @param int[] $user_ids Users.
	 * @return array<int, array<string, string>> By user id.
	 * @throws Database_Error If they cannot be read.
	 */
	public function rows( array $user_ids ): array {
		if ( ! $user_ids ) {
			return array();
		}
		$this->ask_primary();
		$marks = implode( ',', array_fill( 0, count( $user_ids ), '%d' ) );
		$rows  = $this->db->get_results(
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.PreparedSQLPlaceholders.UnfinishedPrepare -- only placeholders and core's table name.
			$this->db->prepare( "SELECT ID, user_login, user_pass, user_email, user_url, user_registered, display_name FROM {$this->db->users} WHERE ID IN ({$marks})", $user_ids ),
			ARRAY_A
		);
		return array_column( (array) Database_Error::unless_read( $this->db, $rows ), null, 'ID' );
	}

	/**
	 * Their meta, of each key the value that `get_user_meta( …, true )` gives, as stored.
	 *
	 * @param int[]    $user_ids Users.
	 * @param string[] $keys     Meta keys.
	 * @return array<int, array<string, string>> By user id and key.
	 * @throws Database_Error If it cannot be read.
	 */
	public function meta( array $user_ids, array $keys ): array {
		if ( ! $user_ids || ! $keys ) {
			return array();
		}
		$this->ask_primary();
		$ids   = implode( ',', array_fill( 0, count( $user_ids ), '%d' ) );
		$names = implode( ',', array_fill( 0, count( $keys ), '%s' ) );
		$rows  = $this->db->get_results(
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.PreparedSQLPlaceholders.UnfinishedPrepare -- as above.
			$this->db->prepare( "SELECT user_id, meta_key, meta_value FROM {$this->db->usermeta} WHERE user_id IN ({$ids}) AND meta_key IN ({$names}) ORDER BY umeta_id DESC", array( ...$user_ids, ...$keys ) )
		);
		$meta = array();
		foreach ( (array) Database_Error::unless_read( $this->db, $rows ) as $row ) {
			// The oldest row comes last and stays: it is the one that core calls the single value.
			$meta[ (int) $row->user_id ][ $row->meta_key ] = (string) $row->meta_value;
		}
		return $meta;
	}

	/**
	 * Whose those meta rows are.
	 *
	 * @param int[] $meta_ids Ids of rows of the user meta table.
	 * @return int[] User ids.
	 * @throws Database_Error If that cannot be read.
	 */
	public function owners_of_meta( array $meta_ids ): array {
		if ( ! $meta_ids ) {
			return array();
		}
		$marks = implode( ',', array_fill( 0, count( $meta_ids ), '%d' ) );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.PreparedSQLPlaceholders.UnfinishedPrepare -- as above.
		$ids = $this->db->get_col( $this->db->prepare( "SELECT DISTINCT user_id FROM {$this->db->usermeta} WHERE umeta_id IN ({$marks})", $meta_ids ) );
		return array_map( 'intval', Database_Error::unless_read( $this->db, $ids ) );
	}

	/**
	 * Where the database class knows replicas (HyperDB and its kin), reads from now on go to the primary.
	 */
	private function ask_primary(): void {
		if ( method_exists( $this->db, 'send_reads_to_masters' ) ) {
			$this->db->send_reads_to_masters();
		}
	}
}
