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

	/** The site refuses us altogether: a person is needed. */
	public const QUARANTINED = 'quarantined';

	/** `wire` of a site that has our plugin too. */
	public const RECEIVER = 'receiver';

	/** `wire` of a site that has nothing but WordPress. */
	public const PLAIN = 'plain';

	/** What the receiver calls hashes that begin with nothing of their own. */
	private const MD5 = 'md5';

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
	 * @param string|null $wire          What it spoke when it was last asked.
	 * @param string[]    $hashes        Beginnings of the password hashes that it can check.
	 * @param string|null $digest        Stands for its definition, where that is kept in the table; see Target.
	 */
	public function __construct(
		public readonly string $name,
		public readonly ?string $state,
		public readonly string $status,
		public readonly bool $held,
		public readonly ?string $deliverer,
		public readonly bool $worked,
		public readonly int $swept_user_id,
		public readonly ?string $wire = null,
		private readonly array $hashes = array(),
		public readonly ?string $digest = null
	) {
	}

	/**
	 * Whether the site takes deliveries.
	 */
	public function is_open(): bool {
		return self::OK === $this->status;
	}

	/**
	 * Whether a stored password hash is all that the site needs: it has our plugin, and can check it.
	 *
	 * @param string $hash The hash.
	 */
	public function takes_hash( #[\SensitiveParameter] string $hash ): bool {
		if ( self::RECEIVER !== $this->wire ) {
			return false;
		}
		if ( preg_match( '/^[0-9a-f]{32}$/D', $hash ) ) {
			return in_array( self::MD5, $this->hashes, true );
		}
		return (bool) array_filter( $this->hashes, static fn( string $kind ): bool => str_starts_with( $hash, $kind ) );
	}

	/**
	 * Whether it is time to look if it takes deliveries again.
	 */
	public function is_to_be_probed(): bool {
		return ! $this->is_open() && self::DISCONNECTED !== $this->status && ! $this->held;
	}
}
