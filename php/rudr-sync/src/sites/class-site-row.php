<?php
/**
 * What is kept of a site.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A row of the table of sites, as it was read.
 */
final class Site_Row {

	/** Everything as usual. Other words are the extension's. */
	public const OK = 'ok';

	/** An administrator said that this install is a copy: nothing goes there until somebody connects it again. */
	public const DISCONNECTED = 'disconnected';

	/**
	 * A row.
	 *
	 * @param string      $name          Name of the site.
	 * @param string|null $state         The extension's note of how the site does.
	 * @param string      $status        What that comes to, in a word.
	 * @param bool        $held          Nothing is to be asked of it now.
	 * @param string|null $deliverer     Who delivers, or Site_Rows::SWEEPS_ONLY.
	 * @param bool        $worked        A worker does the work.
	 * @param int         $swept_user_id The sweep looks at users above this id.
	 */
	public function __construct(
		public readonly string $name,
		public readonly ?string $state,
		public readonly string $status,
		public readonly bool $held,
		public readonly ?string $deliverer,
		public readonly bool $worked,
		public readonly int $swept_user_id
	) {
	}

	/**
	 * Whether the site takes deliveries.
	 */
	public function is_open(): bool {
		return self::OK === $this->status;
	}

	/**
	 * Whether it is time to look if it takes deliveries again.
	 */
	public function is_to_be_probed(): bool {
		return ! $this->is_open() && self::DISCONNECTED !== $this->status && ! $this->held;
	}
}
