<?php
/**
 * Writes user meta.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * User meta of an account, of the keys that this site allows.
 */
final class Account_Meta {

	/**
	 * What this site allows.
	 *
	 * @param Receiver_Settings $settings The rules.
	 */
	public function __construct( private readonly Receiver_Settings $settings ) {
	}

	/**
	 * What of this meta may be stored here.
	 *
	 * @param array<string, mixed>  $meta    Meta.
	 * @param array<string, string> $refused Those keys that may not, with a code for each; added to.
	 * @return array<string, mixed>
	 */
	public function acceptable( array $meta, array &$refused ): array {
		$allowed = $meta ? $this->settings->meta() : array();
		foreach ( array_keys( $meta ) as $key ) {
			if ( ! in_array( (string) $key, $allowed, true ) ) {
				$refused[ 'meta_input.' . substr( (string) $key, 0, 255 ) ] = 'meta_not_allowed';
				unset( $meta[ $key ] );
			}
		}
		return $meta;
	}

	/**
	 * What the account holds under a key; null: nothing.
	 *
	 * @param int    $user_id The account.
	 * @param string $key     The key.
	 */
	public static function held( int $user_id, string $key ): mixed {
		return metadata_exists( 'user', $user_id, $key ) ? get_user_meta( $user_id, $key, true ) : null;
	}

	/**
	 * Writes.
	 *
	 * @param int                  $user_id The account.
	 * @param array<string, mixed> $meta    Meta; null removes.
	 */
	public function write( int $user_id, array $meta ): void {
		foreach ( $meta as $key => $value ) {
			if ( null === $value ) {
				delete_user_meta( $user_id, $key );
			} else {
				update_user_meta( $user_id, $key, wp_slash( $value ) );
			}
		}
	}
}
