<?php
/**
 * How a site stands.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What Status collected of one site. Times are seconds before now.
 */
final class Site_Status {

	/** Everything as usual. */
	public const OK = 'ok';

	/** The site does not answer: it is asked again later. */
	public const PAUSED = 'paused';

	/** The site refuses us altogether: a person is needed. */
	public const QUARANTINED = Site_Row::QUARANTINED;

	/** This install is a copy, and nobody has connected the site again. */
	public const DISCONNECTED = 'disconnected';

	/** All that are no usual state. */
	public const HELD = array( self::PAUSED, self::QUARANTINED, self::DISCONNECTED );

	/**
	 * A site.
	 *
	 * @param string      $name         Its short name.
	 * @param string      $url          Its address.
	 * @param string      $username     The account there.
	 * @param string      $from         Where it is defined: Target::FROM_*.
	 * @param string      $state        OK, PAUSED or QUARANTINED.
	 * @param int|null    $hold         Seconds for which nothing but a probe is sent.
	 * @param string|null $why          What made it so, for a person; null where nobody knows.
	 * @param int         $in_step      Users in step.
	 * @param int         $waiting      Users who changed and are to be sent.
	 * @param int         $retrying     Users who failed and are tried again.
	 * @param int         $failed       Users who need a person.
	 * @param int         $partly       Of those in step, whose fields the site did not all take.
	 * @param int         $staying      Users who do not follow because they may edit users here.
	 * @param int         $unlinked     Users whom a person has unlinked.
	 * @param int         $key_lost     Users whose password cannot be sealed, or not opened.
	 * @param int         $held_back    Users of whom too destructive a change waits for an administrator.
	 * @param int         $without_receiver Users who wait for the plugin there.
	 * @param int|null    $oldest       For how long the one who has waited longest has.
	 * @param int|null    $last_success When somebody last got in step.
	 * @param int|null    $heartbeat    When a worker last made progress.
	 * @param bool        $worker_alive Whether that is recent.
	 * @param string|null $problem      What is wrong with its definition.
	 * @param bool        $is_left_over Nothing defines it any more, and all that could was read.
	 * @param string|null $wire         What it spoke when it was last asked: Site_Row::RECEIVER or PLAIN.
	 * @param string|null $version      Of a receiver: the plugin's version there.
	 */
	public function __construct(
		public readonly string $name,
		public readonly string $url,
		public readonly string $username,
		public readonly string $from,
		public readonly string $state = self::OK,
		public readonly ?int $hold = null,
		public readonly ?string $why = null,
		public readonly int $in_step = 0,
		public readonly int $waiting = 0,
		public readonly int $retrying = 0,
		public readonly int $failed = 0,
		public readonly int $partly = 0,
		public readonly int $staying = 0,
		public readonly int $unlinked = 0,
		public readonly int $key_lost = 0,
		public readonly int $held_back = 0,
		public readonly int $without_receiver = 0,
		public readonly ?int $oldest = null,
		public readonly ?int $last_success = null,
		public readonly ?int $heartbeat = null,
		public readonly bool $worker_alive = false,
		public readonly ?string $problem = null,
		public readonly bool $is_left_over = false,
		public readonly ?string $wire = null,
		public readonly ?string $version = null
	) {
	}

	/**
	 * In words what it speaks; '' where nobody has asked yet.
	 */
	public function speaks(): string {
		return match ( $this->wire ) {
			/* translators: %s: version of the plugin on another site. */
			Site_Row::RECEIVER => trim( sprintf( __( 'receiver %s', 'rudr-sync' ), (string) $this->version ) ),
			Site_Row::PLAIN => __( 'plain WordPress', 'rudr-sync' ),
			default => '',
		};
	}
}
