<?php
/**
 * A site that was added in wp-admin.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What the table of sites holds of one: address, username, options and the application password, sealed. The sealed value
 * opens in the extension only, and only together with this origin and this username.
 */
final class Stored_Site {

	/**
	 * A site.
	 *
	 * @param string               $name     Its short name.
	 * @param string               $url      Its address.
	 * @param string               $username The account there.
	 * @param string               $sealed   The application password, sealed.
	 * @param array<string, mixed> $options  Options of the extension's Site.
	 * @param string|null          $digest   Stands for all that as it is stored; null if it is not.
	 */
	public function __construct(
		public readonly string $name,
		public readonly string $url,
		public readonly string $username,
		#[\SensitiveParameter] private readonly string $sealed,
		public readonly array $options,
		public readonly ?string $digest = null
	) {
	}

	/**
	 * Reads what to_json() wrote; null if it is nothing of the kind.
	 *
	 * @param string $name   Its short name.
	 * @param string $json   Settings.
	 * @param string $digest What stands for them.
	 */
	public static function of_json( string $name, #[\SensitiveParameter] string $json, string $digest ): ?self {
		$settings = json_decode( $json, true );
		foreach ( array( 'url', 'username', 'password' ) as $key ) {
			if ( ! is_string( $settings[ $key ] ?? null ) ) {
				return null;
			}
		}
		$options = $settings['options'] ?? array();
		return new self( $name, $settings['url'], $settings['username'], $settings['password'], is_array( $options ) ? $options : array(), $digest );
	}

	/**
	 * As it is stored.
	 */
	public function to_json(): string {
		return (string) wp_json_encode(
			array(
				'url'      => $this->url,
				'username' => $this->username,
				'password' => $this->sealed,
				'options'  => (object) $this->options,
			),
			JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
		);
	}

	/**
	 * The same site with other options, or at another path; the password stays, and goes on fitting.
	 *
	 * @param string               $url     Address of the same origin.
	 * @param array<string, mixed> $options Options.
	 */
	public function with( string $url, array $options ): self {
		return new self( $this->name, $url, $this->username, $this->sealed, $options );
	}

	/**
	 * The extension's site.
	 *
	 * @throws \Throwable What the extension has against it.
	 */
	public function open(): Site {
		$key     = Sealing_Key::get();
		$options = array( 'name' => $this->name ) + array_diff_key( $this->options, array( Target::GUARD => 0 ) );
		if ( null !== $key && '' !== $key ) {
			$options['key'] = $key;
		}
		return new Site( $this->url, $this->username, $this->sealed, $options );
	}
}
