<?php
/**
 * Makes accounts.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * An account is made by `wp_insert_user()`, so that every hook fires that fires for any new user, but with no role, and with a
 * mark in the place of a password. The password that `wp_insert_user()` has to be given is hashed by nobody and seen by
 * nobody: hooks that are handed it get an empty one, and 7.1's `wp_set_password`, which would announce it, does not fire.
 */
final class Account_Maker {

	/** What `wp_insert_user()` says no to, and because of which field. */
	private const BLAMES = array(
		'user_url_too_long'      => 'user_url',
		'user_nicename_too_long' => 'user_nicename',
		'empty_user_nicename'    => 'user_nicename',
	);

	/** What `wp_insert_user()` says no to for good. */
	private const FINAL = array( 'existing_user_login', 'existing_user_email', 'empty_user_login', 'user_login_too_long', 'invalid_username' );

	/**
	 * Makes accounts in this database.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
	}

	/**
	 * Makes an account.
	 *
	 * @param array<string, string> $fields  Login, address and other texts.
	 * @param string                $mark    What is stored instead of a password.
	 * @param Time_Left             $time    Nothing is made when the claim has run out.
	 * @param array<string, string> $refused Fields that could not be stored, with a code for each; added to.
	 * @return int|\WP_Error Its id.
	 */
	public function make( array $fields, string $mark, Time_Left $time, array &$refused ): int|\WP_Error {
		for ( ;; ) {
			$unfit = null;
			$id    = $this->insert( $fields, $mark, $time, $unfit );
			if ( ! is_wp_error( $id ) ) {
				return $id > 0 ? $id : new \WP_Error( 'db_insert_error', 'The database did not take the account.' );
			}
			$code  = (string) $id->get_error_code();
			$field = self::BLAMES[ $code ] ?? $unfit;
			if ( in_array( $code, self::FINAL, true ) || ! isset( $fields[ $field ] ) || in_array( $field, array( 'user_login', 'user_email' ), true ) ) {
				return null === $unfit ? $id : new \WP_Error( 'does_not_fit', "The database here cannot hold the $unfit." );
			}
			// One field holds nothing else back.
			$refused[ $field ] = 'does_not_fit';
			unset( $fields[ $field ] );
		}
	}

	/**
	 * Makes an account whole whose making was cut off: what was not written is, and who was not told that somebody is new is
	 * told. Twice is better than never.
	 *
	 * @param \WP_User              $user   The account.
	 * @param array<string, string> $fields Login, address and other texts.
	 */
	public function tell( \WP_User $user, array $fields ): void {
		if ( is_multisite() ) {
			/** This action is documented in wp-includes/ms-functions.php */
			do_action( 'wpmu_new_user', $user->ID ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- core's.
		}
		/** This action is documented in wp-includes/user.php */
		do_action( 'user_register', $user->ID, wp_slash( $fields ) + array( 'user_pass' => '', 'role' => '' ) ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- core's.
	}

	/**
	 * Calls `wp_insert_user()`.
	 *
	 * @param array<string, string> $fields Login, address and other texts.
	 * @param string                $mark   What is stored instead of a password.
	 * @param Time_Left             $time   Nothing is made when the claim has run out.
	 * @param string|null           $unfit  Set to the column that cannot hold its value.
	 * @return int|\WP_Error
	 */
	private function insert( array $fields, string $mark, Time_Left $time, ?string &$unfit ): int|\WP_Error {
		global $wp_filter;

		$password = bin2hex( random_bytes( 24 ) );
		$hasher   = Stand_In_Hasher::install( $password, $mark );
		$deaf     = $wp_filter['wp_set_password'] ?? null;
		unset( $wp_filter['wp_set_password'] );

		$userdata         = wp_slash( $fields );
		$userdata['role'] = '';
		// By reference: emptied in every copy of the array once it has been hashed.
		$userdata['user_pass'] = &$password;

		$hashed = static function ( $login ) use ( &$password ) {
			$password = '';
			return $login;
		};
		$write  = function ( $data, $update ) use ( $mark, $time, &$unfit ) {
			if ( $update || ! is_array( $data ) ) {
				return $data;
			}
			$unfit = $this->unfit( $data );
			if ( null !== $unfit || $time->is_claim_over() ) {
				return array();
			}
			$data['user_pass'] = $mark;
			// Where the insert fails, core goes on with the id of whatever was inserted before.
			$this->db->insert_id = 0;
			return $data;
		};
		$known = null;
		$heard = static function ( $meta, $user = null ) use ( &$deaf, &$known ) {
			global $wp_filter;
			if ( null !== $deaf ) {
				$wp_filter['wp_set_password'] = $deaf; // phpcs:ignore WordPress.WP.GlobalVariablesOverride.Prohibited -- as it was.
				$deaf                         = null;
			}
			if ( $user instanceof \WP_User && $user->ID > 0 && is_array( $meta ) ) {
				$known ??= new No_Meta_Yet( $user->ID, array_keys( $meta ) );
			}
			return $meta;
		};

		add_filter( 'pre_user_login', $hashed, PHP_INT_MIN );
		add_filter( 'wp_pre_insert_user_data', $write, PHP_INT_MAX, 2 );
		add_filter( 'insert_user_meta', $heard, PHP_INT_MIN, 2 );
		try {
			$id = wp_insert_user( $userdata );
		} finally {
			$hasher->remove();
			$password = '';
			$heard( null );
			$known?->end();
			remove_filter( 'pre_user_login', $hashed, PHP_INT_MIN );
			remove_filter( 'wp_pre_insert_user_data', $write, PHP_INT_MAX );
			remove_filter( 'insert_user_meta', $heard, PHP_INT_MIN );
		}
		if ( is_int( $id ) && $id > 0 && is_multisite() ) {
			// As wpmu_create_user() does: they belong to no blog until they are added to one.
			delete_user_option( $id, 'capabilities' );
			delete_user_option( $id, 'user_level' );
			/** This action is documented in wp-includes/ms-functions.php */
			do_action( 'wpmu_new_user', $id ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- core's.
		}
		return $id;
	}

	/**
	 * The first column of the users table that cannot hold what is meant for it.
	 *
	 * @param array<string, mixed> $data The row.
	 */
	private function unfit( array $data ): ?string {
		foreach ( $data as $column => $value ) {
			if ( is_string( $value ) && '' !== $value && $this->db->strip_invalid_text_for_column( $this->db->users, $column, $value ) !== $value ) {
				return $column;
			}
		}
		return null;
	}
}
