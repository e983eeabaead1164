<?php
/**
 * What the columns of a link are set to.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * SQL for columns of one link, as it depends on the row as it was read: what has been marked, ordered or sealed since is kept, and
 * that is judged in the statement itself. What an outcome means for the row is Write_Back's to say.
 *
 * Whether a request was at work on the user is judged by the link as it was read: what it has done since, nobody has sent.
 */
final class Link_Columns {

	/**
	 * Seconds after which a removal that was announced and not done is taken for one whose request died. Should it be done
	 * after all, it is announced again.
	 */
	public const HALF_REMOVED = 600;

	/** The condition that a request is at work on the user. */
	private const UNSETTLED = 'COALESCE(unsettled_until > UTC_TIMESTAMP(), 0)';

	/** No write is without its answer any more. */
	public const NOTHING_IN_DOUBT = array(
		'tried_at'    => 'NULL',
		'tried_last'  => 'NULL',
		'tried_email' => 'NULL',
	);

	/** The account is nobody's. */
	public const NO_ACCOUNT = array(
		'remote_id'    => 'NULL',
		'remote_login' => 'NULL',
		'trust'        => 'NULL',
		'base'         => 'NULL',
		'received'     => 'NULL',
	);

	/** The user is to be there. */
	public const NOT_REMOVED = array(
		'want'       => "'present'",
		'login'      => 'NULL',
		'email'      => 'NULL',
		'reassign'   => 'NULL',
		'privileged' => '0',
	);

	/** The link is another user's, of whom nothing is known there; but for their password, which waits in it. */
	public const ANEW = self::NO_ACCOUNT + self::NOTHING_IN_DOUBT + self::NOT_REMOVED + array(
		'confirmed' => 'NULL',
		'retry'     => '0',
		'released'  => '0',
		'attempts'  => '0',
		'failing'   => '0',
		'code'      => 'NULL',
		'message'   => 'NULL',
		'due_at'    => 'COALESCE(unsettled_until, UTC_TIMESTAMP())',
	);

	/** The lease is given back. */
	public const NO_LEASE = array(
		'lease_until' => 'NULL',
		'lease'       => 'NULL',
	);

	/**
	 * Columns of that row.
	 *
	 * @param Link $link The link as it was read.
	 */
	public function __construct( private readonly Link $link ) {
	}

	/**
	 * Sets whose account it is, if the outcome says something new of that.
	 *
	 * @param array<string, mixed> $outcome The outcome.
	 * @return array<string, string>
	 */
	public function account( array $outcome ): array {
		if ( ! empty( $outcome['forget'] ) ) {
			return self::NO_ACCOUNT;
		}
		if ( ! isset( $outcome['id'], $outcome['login'], $outcome['trust'] ) ) {
			return array();
		}
		$id = (int) $outcome['id'];
		if ( $this->link->remote_id === $id && $this->link->remote_login === $outcome['login'] && $this->link->trust === $outcome['trust'] ) {
			return array();
		}
		return array(
			'remote_id'    => (string) $id,
			'remote_login' => self::text( $outcome['login'] ),
			'trust'        => self::text( $outcome['trust'] ),
		);
	}

	/**
	 * The row is in step with what was read, unless a request was at work on the user then: that may have been half of a
	 * change. Nor does it come to rest while a removal is announced that may yet be done.
	 *
	 * @return array<string, string>
	 */
	public function as_read(): array {
		$synced = $this->link->unsettled ? 'synced_revision' : (string) $this->link->revision;
		$due    = $this->after_the_request();
		if ( $this->link->removed ) {
			$announced = 'want = ' . self::text( Links::ABSENT );
			$synced    = "IF({$announced}, synced_revision, {$synced})";
			$due       = "IF({$announced}, COALESCE(unsettled_until, UTC_TIMESTAMP()) + INTERVAL " . ( Clock::seconds( self::HALF_REMOVED ) + 1 ) . " SECOND, {$due})";
		}
		return array(
			'synced_revision' => $synced,
			// Whoever was marked meanwhile waits from now on, no longer.
			'dirty_since'     => "IF(synced_revision = {$this->link->revision}, UTC_TIMESTAMP(), dirty_since)",
			'due_at'          => $this->if_same( $due, 'due_at' ),
		);
	}

	/**
	 * When there is something to do again: never, or once a request that was at work on the user should be through.
	 */
	public function after_the_request(): string {
		return $this->link->unsettled ? 'COALESCE(unsettled_until, UTC_TIMESTAMP())' : 'NULL';
	}

	/**
	 * Says why the user is not in step, if that is still news.
	 *
	 * @param string|null $code    In a word.
	 * @param string|null $message In a sentence.
	 * @return array<string, string>
	 */
	public function reason( ?string $code, ?string $message ): array {
		return array(
			'code'    => $this->if_same( self::text( $code ), 'code' ),
			'message' => $this->if_same( self::text( $message ), 'message' ),
		);
	}

	/**
	 * SQL that depends on whether the row has been marked since it was read.
	 *
	 * @param string $same      If not.
	 * @param string $different If so.
	 */
	public function if_same( string $same, string $different ): string {
		return "IF(revision = {$this->link->revision}, {$same}, {$different})";
	}

	/**
	 * The lease is given back, unless the user has changed since the row was read and nobody is at work on them.
	 *
	 * @return array<string, string>
	 */
	public function lease_if_changed(): array {
		return array(
			'lease_until' => $this->if_same( 'NULL', 'IF(' . self::UNSETTLED . ', NULL, lease_until)' ),
			'lease'       => $this->if_same( 'NULL', 'IF(' . self::UNSETTLED . ', NULL, lease)' ),
		);
	}

	/**
	 * What is in doubt after a job. Null: nothing is any more. 'before': what was before it, and nothing new. 'now', or where
	 * nobody can say: something was sent that may have worked.
	 *
	 * @param array<string, mixed> $outcome The outcome.
	 * @return array<string, string>
	 */
	public function tried( array $outcome ): array {
		$time = fn( ?int $at ): string => self::text( null === $at ? null : gmdate( 'Y-m-d H:i:s', $at ) );
		return match ( array_key_exists( 'doubt', $outcome ) ? $outcome['doubt'] : 'now' ) {
			null => self::NOTHING_IN_DOUBT,
			'before' => array(
				'tried_at'    => $time( $this->link->tried_at ),
				'tried_last'  => $time( $this->link->tried_last ),
				'tried_email' => self::text( $this->link->tried_email ),
			),
			default => array(
				'tried_at'   => 'COALESCE(tried_at, UTC_TIMESTAMP())',
				'tried_last' => 'UTC_TIMESTAMP()',
			),
		};
	}

	/**
	 * Takes back what a person has ordered once it is done, or will not be: *Retry* and what they released at the first answer, the
	 * word about an address also when the account is found. What they order meanwhile stands, but for a release: it was of what was
	 * held then.
	 *
	 * @param array<string, mixed> $outcome The outcome.
	 * @return array<string, string>
	 */
	public function used_up( array $outcome ): array {
		$set    = array();
		$answer = 'site' !== ( $outcome['scope'] ?? 'job' ) && ! in_array( $outcome['status'], array( 'retry', 'found' ), true );
		if ( $this->link->retry && $answer ) {
			$set['retry'] = $this->if_same( '0', 'retry' );
		}
		if ( $this->link->released && $answer ) {
			$set['released'] = '0';
		}
		if ( null !== $this->link->confirmed && ! in_array( $outcome['status'], array( 'retry', 'unauthorized' ), true ) ) {
			$set['confirmed'] = $this->if_same( 'NULL', 'confirmed' );
		}
		return $set;
	}

	/**
	 * Sets the base, if the outcome has one. What came from the site is part of it.
	 *
	 * @param array<string, mixed> $outcome The outcome.
	 * @return array<string, string>
	 */
	public function base( array $outcome ): array {
		return isset( $outcome['base'] ) ? array( 'base' => self::text( $outcome['base'] ) ) + $this->received( isset( $outcome['http'] ) ) : array();
	}

	/**
	 * Erases what had come from the site when the row was read. What has come since stays.
	 *
	 * @param bool $was_sent Whether something was sent meanwhile: then nobody knows which of both came last there.
	 * @return array<string, string>
	 */
	private function received( bool $was_sent ): array {
		$read = (string) $this->link->received;
		$rest = '' === $read ? 'received' : 'IF(LEFT(received, ' . mb_strlen( $read ) . ') = ' . self::text( $read ) . ', SUBSTRING(received, ' . ( mb_strlen( $read ) + 1 ) . '), received)';
		return array( 'received' => "CONCAT(NULLIF({$rest}, ''), " . self::text( $was_sent ? Arrival::CROSSED : '' ) . ')' );
	}

	/**
	 * Erases the password that was used; one that was sealed meanwhile stays.
	 *
	 * @return array<string, string>
	 */
	public function erase_secret(): array {
		return null === $this->link->secret ? array() : array( 'secret' => 'IF(secret = ' . self::text( $this->link->secret ) . ', NULL, secret)' );
	}

	/**
	 * A string or NULL in SQL.
	 *
	 * @param string|null $text The string.
	 */
	public static function text( ?string $text ): string {
		global $wpdb;
		return null === $text ? 'NULL' : $wpdb->prepare( '%s', $text );
	}
}
