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

	/**
	 * A site.
	 *
	 * @param string   $name      Its short name.
	 * @param bool     $has_roles Whether its definition maps the roles.
	 * @param \Closure $open      Gives what the extension takes for the site.
	 */
	public function __construct(
		public readonly string $name,
		public readonly bool $has_roles,
		private readonly \Closure $open
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
