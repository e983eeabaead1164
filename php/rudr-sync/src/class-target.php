<?php
/**
 * One site that users follow to.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A site's name, and how to get what the extension wants to be handed for it. Holds no secret itself.
 */
final class Target {

	/** Defined in the file that php.ini's `rudr_sync.sites` names. */
	public const FROM_FILE = 'file';

	/** Defined by the constant RUDR_SYNC_SITES. */
	public const FROM_CONSTANT = 'constant';

	/** Kept in the table of sites; the only ones that wp-admin changes. */
	public const FROM_TABLE = 'table';

	/**
	 * A site.
	 *
	 * @param string   $name      Its short name.
	 * @param bool     $has_roles Whether its definition maps the roles.
	 * @param \Closure $open      Gives what the extension takes for the site.
	 * @param string   $from      Where it is defined: one of the constants above.
	 * @param string   $url       Its address, for people to read.
	 * @param string   $username  The account there that is used, for people to read.
	 */
	public function __construct(
		public readonly string $name,
		public readonly bool $has_roles,
		private readonly \Closure $open,
		public readonly string $from,
		public readonly string $url,
		public readonly string $username
	) {
	}

	/**
	 * What the extension's functions take as `$site`.
	 *
	 * @return Site|string
	 * @throws \Throwable What the extension has against the definition.
	 */
	public function handle(): Site|string {
		return ( $this->open )();
	}
}
