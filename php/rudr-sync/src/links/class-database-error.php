<?php
/**
 * The database would not.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A statement that failed, in the database's words, its code the database's number; or that did not do what it had to. The
 * statement itself is not in it: a sealed password may be.
 */
final class Database_Error extends \RuntimeException {

	/** A row with that unique key is there already. */
	private const DUPLICATE = 1062;

	/** Others held a lock for too long; or they and we waited for each other, and we were chosen to give way. */
	private const PASSING = array( 1205, 1213 );

	/**
	 * What the last statement failed of.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public static function last( \wpdb $db ): self {
		$connection = $db->dbh ?? null;
		return new self( (string) $db->last_error ?: 'no answer', $connection instanceof \mysqli ? mysqli_errno( $connection ) : 0 );
	}

	/**
	 * What a read found. WordPress gives back nothing where one failed, which is not to be taken for "there is nothing".
	 *
	 * @param \wpdb $db    WordPress's database.
	 * @param mixed $found What it gave back, to the last statement of all.
	 * @return mixed The same.
	 * @throws self If it failed.
	 */
	public static function unless_read( \wpdb $db, mixed $found ): mixed {
		// Where the connection is lost there are no words, only no result.
		if ( '' !== (string) $db->last_error || false === ( $db->result ?? null ) ) {
			throw self::last( $db );
		}
		return $found;
	}

	/**
	 * Whether the same statement may work at once.
	 */
	public function is_passing(): bool {
		return in_array( $this->getCode(), self::PASSING, true );
	}

	/**
	 * Whether it would have made two rows with one unique key.
	 */
	public function is_duplicate(): bool {
		return self::DUPLICATE === $this->getCode();
	}
}
