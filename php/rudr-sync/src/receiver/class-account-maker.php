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

	/** What `wp_insert_user()` says no to for good. */
	private const FINAL = array( 'existing_user_login', 'existing_user_email', 'empty_user_login', 'user_login_too_long', 'invalid_username' );

	/**
	 * Makes accounts in this database.
	 *
	 * @param \wpdb       $db  WordPress's database.
	 * @param Account_Row $row What the row cannot hold.
	 */
	public function __construct( private readonly \wpdb $db, private readonly Account_Row $row ) {
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
			$field = Account_Row::blamed( $id ) ?? $unfit;
			if ( in_array( $code, self::FINAL, true ) || null === $field || ! isset( $fields[ $field ] ) || in_array( $field, array( 'user_login', 'user_email' ), true ) ) {
				return null === $unfit ? $id : new \WP_Error( 'does_not_fit', "The database here cannot hold the $unfit." );
			}
			// One field holds nothing else back.
			$refused[ $field ] = 'does_not_fit';
			unset( $fields[ $field ] );
		}
	}

	/**
	 * Tells of an account whose making was cut off that it is new, in core's order. Whoever was told already is told twice: that
	 * is better than never.
	 *
	 * @param \WP_User              $user   The account.
	 * @param array<string, string> $fields Login, address and other texts.
	 */
	public function tell( \WP_User $user, array $fields ): void {
		/** This action is documented in wp-includes/user.php */
		do_action( 'user_register', $user->ID, wp_slash( $fields ) + array( 'user_pass' => '', 'role' => '' ) ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- core's.
		self::tell_network( $user->ID );
	}

	/**
	 * On a network: as wpmu_create_user() does after `user_register`.
	 *
	 * @param int $id The account.
	 */
	private static function tell_network( int $id ): void {
		if ( is_multisite() ) {
			// They belong to no blog until they are added to one.
			delete_user_option( $id, 'capabilities' );
			delete_user_option( $id, 'user_level' );
			/** This action is documented in wp-includes/ms-functions.php */
			do_action( 'wpmu_new_user', $id ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- core's.
		}
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
			$unfit = $this->row->unfit( $data )[0] ?? null;
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
			if ( $user instanceof \WP_User && $user->ID > 0 ) {
				$known ??= new No_Meta_Yet( $user->ID );
			}
			return $meta;
		};
		$add   = function ( $meta, $user = null ) use ( &$known ) {
			$is_done = $user instanceof \WP_User && is_array( $meta ) && $known?->is_of( $user->ID ) && First_Meta::add( $this->db, $user->ID, $meta );
			return $is_done ? array() : $meta;
		};

		add_filter( 'pre_user_login', $hashed, PHP_INT_MIN );
		add_filter( 'wp_pre_insert_user_data', $write, PHP_INT_MAX, 2 );
		add_filter( 'insert_user_meta', $heard, PHP_INT_MIN, 2 );
		add_filter( 'insert_user_meta', $add, PHP_INT_MAX, 2 );
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
			remove_filter( 'insert_user_meta', $add, PHP_INT_MAX );
		}
		if ( is_int( $id ) && $id > 0 ) {
			self::tell_network( $id );
		}
		return $id;
	}
}
