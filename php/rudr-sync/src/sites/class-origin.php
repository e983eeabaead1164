<?php
/**
 * The origin of an address.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Scheme, host and port as the extension writes them: what a sealed application password is bound to, so that it cannot be
 * sent anywhere else.
 */
final class Origin {

	/** Ports that are not written. */
	private const USUAL = array(
		'http'  => 80,
		'https' => 443,
	);

	/**
	 * The origin of an address; null if it has none that we can tell.
	 *
	 * @param string $url Address.
	 */
	public static function of( string $url ): ?string {
		$parts  = wp_parse_url( $url );
		$scheme = strtolower( $parts['scheme'] ?? '' );
		$host   = strtolower( $parts['host'] ?? '' );
		// Anything else the extension would write in a way of its own, and the password would not open.
		if ( ! isset( self::USUAL[ $scheme ] ) || ! preg_match( '/^([a-z0-9_.-]+|\[[0-9a-f:.]+\])$/D', $host ) ) {
			return null;
		}
		$port = $parts['port'] ?? self::USUAL[ $scheme ];
		return $scheme . '://' . $host . ( self::USUAL[ $scheme ] === $port ? '' : ':' . $port );
	}
}
