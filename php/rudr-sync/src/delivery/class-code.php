<?php
/**
 * The code that a process runs.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Notices that files have changed under a process that read them when it began: the plugin's, the extension's, and what says
 * which sites there are.
 */
final class Code {

	/** Seconds between two looks. */
	private const EACH = 5;

	/** What the files were like at first. */
	private string $first;

	/** When it last looked, by hrtime(). */
	private float $looked;

	/**
	 * Notes what the files are like.
	 */
	public function __construct() {
		$this->first  = self::files();
		$this->looked = hrtime( true ) / 1e9;
	}

	/**
	 * Whether they have changed.
	 */
	public function has_changed(): bool {
		$now = hrtime( true ) / 1e9;
		if ( $now - $this->looked < self::EACH / Clock::scale() ) {
			return false;
		}
		$this->looked = $now;
		return self::files() !== $this->first;
	}

	/**
	 * What the files are like, in a word.
	 */
	private static function files(): string {
		clearstatcache();
		$files = array_merge( (array) glob( dirname( __DIR__ ) . '/*.php' ), (array) glob( dirname( __DIR__ ) . '/*/*.php' ) );
		array_push( $files, dirname( __DIR__, 2 ) . '/rudr-sync.php', self::extension(), (string) ini_get( 'rudr_sync.sites' ), (string) ini_get( 'rudr_sync.key_file' ) );
		array_push( $files, ABSPATH . 'wp-config.php', dirname( ABSPATH ) . '/wp-config.php' );
		$like = array();
		foreach ( array_filter( $files ) as $file ) {
			$stat   = is_file( $file ) ? stat( $file ) : false;
			$like[] = $stat ? "$file {$stat['ino']} {$stat['size']} {$stat['mtime']}" : $file;
		}
		return md5( implode( "\n", $like ) );
	}

	/**
	 * The extension's file, where the system tells: PHP does not.
	 */
	private static function extension(): string {
		static $file = null;
		if ( null === $file ) {
			$maps = is_readable( '/proc/self/maps' ) ? (string) file_get_contents( '/proc/self/maps' ) : ''; // phpcs:ignore WordPress.WP.AlternativeFunctions -- no address.
			$file = preg_match( '~ (/\S*rudr_sync\S*\.so)~', $maps, $found ) ? $found[1] : '';
		}
		return $file;
	}
}
