<?php
/**
 * The table of links.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What every statement on the table shares. All times are the database's own.
 *
 * A row is in step if `revision = synced_revision`. While a request is at work on a user the row is *unsettled*: it may be
 * pushed, but stays dirty, since what was read may be half of a change.
 */
abstract class Links_Table {

	/** `want`: the user exists there. */
	public const PRESENT = 'present';

	/** `want`: the user is to be gone. */
	public const ABSENT = 'absent';

	/** `code` of a user who may edit users or options here, and whose account there is left alone. */
	public const PRIVILEGED = 'privileged';

	/** `trust` of a link whose account a person has named: nobody has looked at it yet. */
	public const NAMED = 'named';

	/** `code` of a link that a person took away. Its row stays, in step, and says so: nobody makes it anew. */
	public const UNLINKED = 'unlinked';

	/** `code` of a link whose destructive change is one of too many and waits for an administrator. */
	public const HELD = 'held';

	/** `code` of a link whose account an administrator has left as it was when they discarded what was held. It is in step. */
	public const DISCARDED = 'discarded';

	/** `priority` of what has just happened. */
	public const LIVE = 0;

	/** `priority` of what is made up for: after live changes, so that whoever registers does not wait for 50 000 others. */
	public const BACKFILL = 9;

	/** `code` of a link whose user has a new password that could not be kept. */
	public const KEY_MISSING = 'key_missing';

	/**
	 * What every mark sets: the row is out of step, and has been since now, unless it was before. MySQL sets from left to right, and
	 * the time needs the old revision.
	 */
	protected const MARKED = array(
		'dirty_since' => 'IF(revision = synced_revision, UTC_TIMESTAMP(), dirty_since)',
		'revision'    => 'revision + 1',
	);

	/** Seconds after which a request that marked a user and did not come back is taken for dead. */
	public const UNSETTLED = 60;

	/** Tries of a statement that met a deadlock. */
	private const TRIES = 3;

	/** The table. */
	public readonly string $table;

	/**
	 * The table of this database.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	final public function __construct( protected readonly \wpdb $db ) {
		$this->table = self::table( $db );
	}

	/**
	 * The table's name. One for a whole network, since its users are the network's.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public static function table( \wpdb $db ): string {
		return $db->base_prefix . 'rudr_sync_links';
	}

	/**
	 * Runs a statement; again if others were in its way for a moment.
	 *
	 * @param string $sql Prepared SQL.
	 * @return int Rows that it changed.
	 * @throws Database_Error If it failed.
	 */
	public function write( string $sql ): int {
		for ( $try = 1; ; ++$try ) {
			// WordPress would log the whole statement.
			$quiet = $this->db->suppress_errors();
			$rows  = $this->db->query( $sql ); // phpcs:ignore WordPress.DB.PreparedSQL.NotPrepared -- the callers prepare.
			$this->db->suppress_errors( $quiet );
			if ( false !== $rows ) {
				return (int) $rows;
			}
			$error = Database_Error::last( $this->db );
			if ( $try >= self::TRIES || ! $error->is_passing() ) {
				throw $error;
			}
		}
	}

	/**
	 * Runs a statement within somebody's page, which goes on if it fails; but not without a word in the log.
	 *
	 * @param string $sql Prepared SQL.
	 */
	protected function write_or_log( string $sql ): void {
		try {
			$this->write( $sql );
		} catch ( Database_Error $e ) {
			Log::thrown( $e );
		}
	}

	/**
	 * What was read from the table.
	 *
	 * @param mixed $found What WordPress gave back.
	 * @return mixed The same.
	 * @throws Database_Error If it could not be read.
	 */
	protected function found( mixed $found ): mixed {
		return Database_Error::unless_read( $this->db, $found );
	}

	/**
	 * What an UPDATE sets.
	 *
	 * @param array<string, string> $set SQL by column.
	 */
	public static function assignments( array $set ): string {
		return implode( ', ', array_map( static fn( string $column, string $sql ): string => $column . ' = ' . $sql, array_keys( $set ), $set ) );
	}

	/**
	 * What an UPDATE that makes rows due now sets, at least.
	 */
	protected static function due_now(): string {
		return self::assignments( self::MARKED + array( 'due_at' => 'UTC_TIMESTAMP()' ) );
	}

	/**
	 * The condition that picks these sites.
	 *
	 * @param string[] $sites Names of sites.
	 */
	protected function sites( array $sites ): string {
		// phpcs:ignore WordPress.DB.PreparedSQLPlaceholders -- as many placeholders as sites.
		return $this->db->prepare( 'site IN (' . implode( ',', array_fill( 0, count( $sites ), '%s' ) ) . ')', $sites );
	}

	/**
	 * The condition that picks these users.
	 *
	 * @param int[]  $user_ids Users.
	 * @param string $column   The column that has their ids.
	 */
	protected static function users( array $user_ids, string $column = 'user_id' ): string {
		return $column . ' IN (' . implode( ',', array_map( 'intval', $user_ids ) ?: array( 0 ) ) . ')';
	}
}
