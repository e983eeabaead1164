<?php
/**
 * What is done on each site of a network.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A network has many sites, with options and tables each; any other WordPress is one.
 */
final class Every_Blog {

	/**
	 * Does it on each of them, as if each were the one that is asked.
	 *
	 * @param \Closure(): void $task What is done.
	 */
	public static function run( \Closure $task ): void {
		if ( ! is_multisite() ) {
			$task();
			return;
		}
		$blogs = get_sites(
			array(
				'fields' => 'ids',
				'number' => 0,
			)
		);
		foreach ( $blogs as $blog ) {
			switch_to_blog( $blog );
			$task();
			restore_current_blog();
		}
	}
}
