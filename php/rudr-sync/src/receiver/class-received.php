<?php
/**
 * Whose accounts came from where.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The table `{prefix}rudr_sync_received`: one row for each user of each source that was ever asked for. Its key makes a
 * create that is asked for twice one account. A row is claimed while a job of it is at work, so that two requests with the
 * same job do not both make it; a claim that was never given back, by a process that was killed, runs out.
 *
 *     source, user_id   the source's uuid and its own id of the user; the key
 *     local_id          the account here; unique for each source. Null: none yet, or no more
 *     trust             'own': this source made it; 'adopted': it was here, or another source made it
 *     complete          whether a job has been through to its last step since the account was linked
 *     token             what an account that is being made bears instead of a password
 *     lease, …_until    who is at work on it
 *     removed_at        when it was removed, and for 90 days nothing brings it back by accident; with a local_id: when it was
 *                       suspended, and that does not end by itself
 */
final class Received {

	/** Raised with every change of the table. */
	private const VERSION = '1';

	/** The option that says which version the table has. */
	private const OPTION = 'rudr_sync_receiver_schema';

	/** Days for which a removal is remembered. */
	private const REMEMBERED = 90;

	/** SQL: the account is nobody's any more. */
	private const UNLINK = 'local_id = NULL, trust = NULL, complete = 0';

	/**
	 * The table is there.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
	}

	/**
	 * Makes the table where there is none, or upgrades it where the plugin's files are newer. Before a batch, not with every
	 * page: most sites never see one.
	 */
	public static function upgrade(): void {
		global $wpdb;
		if ( self::VERSION === get_option( self::OPTION ) ) {
			return;
		}
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		$table   = self::table( $wpdb );
		$charset = $wpdb->get_charset_collate();
		// Of two first batches one comes too late to make it.
		$hidden = $wpdb->suppress_errors( true );
		dbDelta(
			"CREATE TABLE {$table} (
  source varchar(36) NOT NULL,
  user_id bigint(20) unsigned NOT NULL,
  local_id bigint(20) unsigned DEFAULT NULL,
  trust varchar(10) DEFAULT NULL,
  complete tinyint(1) NOT NULL DEFAULT 0,
  token varchar(32) NOT NULL,
  lease varchar(32) DEFAULT NULL,
  lease_until datetime DEFAULT NULL,
  removed_at datetime DEFAULT NULL,
  made_at datetime NOT NULL,
  PRIMARY KEY  (source,user_id),
  UNIQUE KEY account (source,local_id),
  KEY local_id (local_id)
) {$charset};"
		);
		$wpdb->suppress_errors( $hidden );
		if ( null !== $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $table ) ) ) ) {
			update_option( self::OPTION, self::VERSION );
		}
	}

	/**
	 * Whether this blog has the table.
	 */
	public static function is_there(): bool {
		return false !== get_option( self::OPTION );
	}

	/**
	 * Removes it.
	 */
	public static function uninstall(): void {
		global $wpdb;
		$table = self::table( $wpdb );
		// phpcs:ignore WordPress.DB -- a table name cannot be a placeholder.
		$wpdb->query( "DROP TABLE IF EXISTS {$table}" );
		delete_option( self::OPTION );
	}

	/**
	 * Takes these users of a source for a while, and gives those that could be taken; who is not among them is being worked
	 * on by another request.
	 *
	 * @param string $source   The source.
	 * @param int[]  $user_ids Its users.
	 * @param string $lease    A string that nobody else has.
	 * @param int    $seconds  For how long at most.
	 * @return array<int, Received_Row> By the source's user id.
	 */
	public function claim( string $source, array $user_ids, string $lease, int $seconds ): array {
		$user_ids = array_values( array_unique( $user_ids ) );
		if ( ! $user_ids ) {
			return array();
		}
		// All requests take them in the same order: no deadlock.
		sort( $user_ids );
		$table = self::table( $this->db );
		$new   = array();
		foreach ( $user_ids as $user_id ) {
			$new[] = $this->db->prepare( '(%s, %d, %s, UTC_TIMESTAMP())', $source, $user_id, bin2hex( random_bytes( 16 ) ) );
		}
		$ids = implode( ',', array_map( 'intval', $user_ids ) );
		// phpcs:disable WordPress.DB.PreparedSQL -- the table's name, numbers, and what was prepared above.
		$this->db->query( "INSERT IGNORE INTO {$table} (source, user_id, token, made_at) VALUES " . implode( ', ', $new ) );
		$this->db->query(
			$this->db->prepare(
				"UPDATE {$table} SET lease = %s, lease_until = UTC_TIMESTAMP() + INTERVAL %d SECOND
				WHERE source = %s AND user_id IN ({$ids}) AND (lease IS NULL OR lease_until < UTC_TIMESTAMP())",
				$lease,
				$seconds,
				$source
			)
		);
		$rows = $this->db->get_results(
			$this->db->prepare(
				// Who is suspended stays so however long ago it was.
				"SELECT *, (removed_at IS NOT NULL AND (local_id IS NOT NULL OR removed_at > UTC_TIMESTAMP() - INTERVAL %d DAY)) AS is_gone
				FROM {$table} WHERE source = %s AND user_id IN ({$ids}) AND lease = %s",
				self::REMEMBERED,
				$source,
				$lease
			)
		);
		// phpcs:enable
		$claimed = array();
		foreach ( (array) $rows as $row ) {
			$claimed[ (int) $row->user_id ] = Received_Row::of( $row );
		}
		return $claimed;
	}

	/**
	 * Gives them all back.
	 *
	 * @param string $lease    By which they were taken.
	 * @param int[]  $complete Local ids of those whose job has been through to its last step.
	 */
	public function release( string $lease, array $complete ): void {
		$table = self::table( $this->db );
		$ids   = implode( ',', array_map( 'intval', $complete ) ) ?: '0';
		// phpcs:ignore WordPress.DB.PreparedSQL -- the table's name, and numbers.
		$this->db->query( $this->db->prepare( "UPDATE {$table} SET lease = NULL, lease_until = NULL, complete = IF(local_id IN ({$ids}), 1, complete) WHERE lease = %s", $lease ) );
	}

	/**
	 * Notes which account it is. What was remembered of a removal is over.
	 *
	 * @param Received_Row $row      The row, claimed.
	 * @param int          $local_id The account.
	 * @param string       $trust    Whose it is.
	 * @return bool Whether it could be: an account is nobody else's of this source.
	 */
	public function link( Received_Row $row, int $local_id, string $trust ): bool {
		$hidden = $this->db->suppress_errors( true );
		$done   = $this->db->update(
			self::table( $this->db ),
			array(
				'local_id'   => $local_id,
				'trust'      => $trust,
				'removed_at' => null,
			),
			$row->key()
		);
		$this->db->suppress_errors( $hidden );
		if ( false === $done ) {
			return false;
		}
		$row->local_id = $local_id;
		$row->trust    = $trust;
		$row->is_gone  = false;
		return true;
	}

	/**
	 * A suspended account is no longer that of those who were removed: another user may have it.
	 *
	 * @param string $source   Whose user they were.
	 * @param int    $local_id The account.
	 * @return bool Whether somebody had it.
	 */
	public function let_go( string $source, int $local_id ): bool {
		$table  = self::table( $this->db );
		$unlink = self::UNLINK;
		// phpcs:ignore WordPress.DB.PreparedSQL -- the table's name, and a constant.
		return (bool) $this->db->query( $this->db->prepare( "UPDATE {$table} SET {$unlink} WHERE source = %s AND local_id = %d AND removed_at IS NOT NULL", $source, $local_id ) );
	}

	/**
	 * Remembers that the user was removed.
	 *
	 * @param Received_Row $row  The row, claimed.
	 * @param bool         $keep Whether the account is still there, suspended, and may come back.
	 */
	public function bury( Received_Row $row, bool $keep = false ): void {
		$table  = self::table( $this->db );
		$unlink = $keep ? '' : self::UNLINK . ', ';
		// phpcs:ignore WordPress.DB.PreparedSQL -- the table's name, and a constant.
		$this->db->query( $this->db->prepare( "UPDATE {$table} SET {$unlink}removed_at = UTC_TIMESTAMP() WHERE source = %s AND user_id = %d", $row->source, $row->user_id ) );
		$row->is_gone = true;
		if ( ! $keep ) {
			$row->local_id = null;
			$row->trust    = null;
			$row->complete = false;
		}
	}

	/**
	 * An account of this blog is gone, whoever removed it.
	 *
	 * @param int $local_id The account.
	 */
	public function bury_account( int $local_id ): void {
		$table  = self::table( $this->db );
		$unlink = self::UNLINK;
		// phpcs:ignore WordPress.DB.PreparedSQL -- the table's name, and a constant.
		$this->db->query( $this->db->prepare( "UPDATE {$table} SET {$unlink}, removed_at = UTC_TIMESTAMP() WHERE local_id = %d", $local_id ) );
	}

	/**
	 * The user's removal is forgotten: they may be made again.
	 *
	 * @param Received_Row $row The row, claimed.
	 */
	public function unbury( Received_Row $row ): void {
		$this->db->update( self::table( $this->db ), array( 'removed_at' => null ), $row->key() );
		$row->is_gone = false;
	}

	/**
	 * Who holds an account: whose it is by source, 'own' or 'adopted'.
	 *
	 * @param int $local_id The account.
	 * @return array<string, string>
	 */
	public function holders( int $local_id ): array {
		$table = self::table( $this->db );
		// phpcs:ignore WordPress.DB.PreparedSQL -- the table's name.
		$rows = $this->db->get_results( $this->db->prepare( "SELECT source, trust FROM {$table} WHERE local_id = %d", $local_id ) );
		return array_column( (array) $rows, 'trust', 'source' );
	}

	/**
	 * Forgets removals that are long over, and users who were asked for and never came.
	 */
	public function tidy(): void {
		$table = self::table( $this->db );
		// phpcs:ignore WordPress.DB.PreparedSQL -- the table's name.
		$this->db->query( $this->db->prepare( "DELETE FROM {$table} WHERE local_id IS NULL AND lease IS NULL AND COALESCE(removed_at, made_at) < UTC_TIMESTAMP() - INTERVAL %d DAY LIMIT 1000", self::REMEMBERED ) );
	}

	/**
	 * The table's name.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public static function table( \wpdb $db ): string {
		return $db->prefix . 'rudr_sync_received';
	}
}
