<?php
/**
 * Writes an account's row.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Texts and password of an account that is there, by `wp_update_user()`, in one write. One field that cannot be stored holds
 * nothing else back.
 */
final class Account_Fields {

	/** Texts that are in the account's row; the others are user meta. */
	private const IN_ROW = array( 'user_email', 'user_url', 'user_nicename', 'display_name' );

	/**
	 * Writes to this database.
	 *
	 * @param \wpdb       $db  WordPress's database.
	 * @param Account_Row $row What the row cannot hold.
	 */
	public function __construct( private readonly \wpdb $db, private readonly Account_Row $row ) {
	}

	/**
	 * What of these texts may be stored here.
	 *
	 * @param array<string, string> $texts   Texts.
	 * @param array<string, string> $refused Those that may not, with a code for each; added to.
	 * @return array<string, string>
	 */
	public static function acceptable( array $texts, array &$refused ): array {
		if ( isset( $texts['user_email'] ) && ! is_email( $texts['user_email'] ) ) {
			$refused['user_email'] = 'invalid_email';
		}
		// Not what happens to be installed: it names files.
		if ( '' !== ( $texts['locale'] ?? '' ) && 'en_US' !== $texts['locale'] && ! in_array( $texts['locale'], get_available_languages(), true ) ) {
			$refused['locale'] = 'locale_not_installed';
		}
		return array_diff_key( $texts, $refused );
	}

	/**
	 * What the account holds of a text.
	 *
	 * @param \WP_User $user  The account.
	 * @param string   $field The text.
	 */
	public static function held( \WP_User $user, string $field ): string {
		return in_array( $field, self::IN_ROW, true ) ? (string) $user->data->$field : (string) get_user_meta( $user->ID, $field, true );
	}

	/**
	 * Writes.
	 *
	 * @param \WP_User              $user     The account.
	 * @param array<string, string> $texts    Texts.
	 * @param string|null           $hash     Hash of the password, to be stored as it is.
	 * @param string|null           $password Or the password, as a person types it.
	 * @param array<string, string> $refused  What could not be stored, with a code for each; added to.
	 * @return \WP_Error|null Why nothing at all was written.
	 */
	public function write( \WP_User $user, array $texts, #[\SensitiveParameter] ?string $hash, #[\SensitiveParameter] ?string $password, array &$refused ): ?\WP_Error {
		foreach ( $this->row->unfit( array_intersect_key( $texts, array_flip( self::IN_ROW ) ) ) as $column ) {
			$refused[ $column ] = 'does_not_fit';
			unset( $texts[ $column ] );
		}
		while ( $texts || null !== $hash || null !== $password ) {
			$done = $this->update( $user->ID, $texts, $hash, $password );
			if ( ! is_wp_error( $done ) ) {
				return null;
			}
			$field = Account_Row::blamed( $done );
			if ( null === $field || ! isset( $texts[ $field ] ) ) {
				return $done;
			}
			$refused[ $field ] = 'user_email' === $field ? (string) $done->get_error_code() : 'does_not_fit';
			unset( $texts[ $field ] );
		}
		return null;
	}

	/**
	 * Makes an account's password this one, whatever it was; for an account that is new, and was announced already.
	 *
	 * @param \WP_User    $user     The account.
	 * @param string|null $hash     Hash of the password, to be stored as it is.
	 * @param string|null $password Or the password, as a person types it.
	 */
	public function set_first_password( \WP_User $user, #[\SensitiveParameter] ?string $hash, #[\SensitiveParameter] ?string $password ): void {
		if ( null !== $hash ) {
			$this->db->update( $this->db->users, array( 'user_pass' => $hash ), array( 'ID' => $user->ID ) );
			clean_user_cache( $user );
		} elseif ( null !== $password ) {
			// Slashed, as core's own forms and REST do it: the login form checks it so.
			wp_set_password( wp_slash( $password ), $user->ID );
		}
	}

	/**
	 * Calls `wp_update_user()`.
	 *
	 * @param int                   $user_id  The account.
	 * @param array<string, string> $texts    Texts.
	 * @param string|null           $hash     Hash of the password.
	 * @param string|null           $password Or the password.
	 * @return int|\WP_Error
	 */
	private function update( int $user_id, array $texts, #[\SensitiveParameter] ?string $hash, #[\SensitiveParameter] ?string $password ): int|\WP_Error {
		$userdata = array( 'ID' => $user_id ) + $texts;
		if ( null === $hash && null !== $password ) {
			$userdata['user_pass'] = $password;
		}
		$write = static function ( $data, $update, $id ) use ( $user_id, $hash ) {
			if ( null !== $hash && is_array( $data ) && $update && (int) $id === $user_id ) {
				$data['user_pass'] = $hash;
				// As core does with a new password: a link that was mailed for the old one is worth nothing.
				$data['user_activation_key'] = '';
			}
			return $data;
		};
		add_filter( 'wp_pre_insert_user_data', $write, PHP_INT_MAX, 3 );
		try {
			return wp_update_user( wp_slash( $userdata ) );
		} finally {
			remove_filter( 'wp_pre_insert_user_data', $write, PHP_INT_MAX );
		}
	}
}
