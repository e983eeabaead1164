<?php
/**
 * Whether the plugin is still active.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Notices that the plugin has been deactivated under a process that runs for days. To deactivate it is how an administrator
 * stops it all, and no page tells such a process.
 *
 * Asked of the database itself: what this process has in its memory, or an object cache has, is of before. Where the plugin is
 * loaded in another way, from mu-plugins say, nobody can deactivate it, and nothing is noticed.
 */
final class Activation {

	/** Seconds between two looks. */
	private const EACH = 1;

	/** How WordPress lists the plugin. */
	private readonly string $plugin;

	/** Whether it was listed at first. */
	private readonly bool $listed;

	/** When it last looked, by hrtime(). */
	private float $looked;

	/**
	 * Notes whether the plugin is listed.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
		$this->plugin = plugin_basename( dirname( __DIR__, 2 ) . '/rudr-sync.php' );
		$this->listed = true === $this->is_listed();
		$this->looked = hrtime( true ) / 1e9;
	}

	/**
	 * Whether the plugin has been deactivated. A look that fails says nothing.
	 */
	public function is_over(): bool {
		$now = hrtime( true ) / 1e9;
		if ( ! $this->listed || $now - $this->looked < self::EACH / Clock::scale() ) {
			return false;
		}
		$this->looked = $now;
		return false === $this->is_listed();
	}

	/**
	 * Whether the plugin is among those of this site, or of the network; null if the database does not say.
	 */
	private function is_listed(): ?bool {
		$of_site = $this->list( "SELECT option_value FROM {$this->db->options} WHERE option_name = 'active_plugins'" );
		if ( null === $of_site || in_array( $this->plugin, $of_site, true ) ) {
			return null === $of_site ? null : true;
		}
		if ( ! is_multisite() ) {
			return false;
		}
		$of_network = $this->list( $this->db->prepare( "SELECT meta_value FROM {$this->db->sitemeta} WHERE meta_key = 'active_sitewide_plugins' AND site_id = %d", get_current_network_id() ) );
		return null === $of_network ? null : isset( $of_network[ $this->plugin ] );
	}

	/**
	 * A list of plugins.
	 *
	 * @param string $sql Prepared SQL.
	 * @return array<int|string, mixed>|null Null if it could not be read.
	 */
	private function list( string $sql ): ?array {
		if ( false === $this->db->query( $sql ) ) { // phpcs:ignore WordPress.DB.PreparedSQL.NotPrepared -- the callers prepare.
			return null;
		}
		$list = maybe_unserialize( $this->db->get_col( null )[0] ?? '' );
		return is_array( $list ) ? $list : array();
	}
}
