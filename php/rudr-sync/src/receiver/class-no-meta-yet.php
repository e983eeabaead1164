<?php
/**
 * An account that is being made has no meta.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * While `wp_insert_user()` adds a new account's meta, core asks before each key what there is, or what roles the account has,
 * and reads all its meta for that each time: a dozen queries, of which each says that there is none. That is known here and
 * answered without the database. That the account is to have no role is then no change and writes no row; the last step
 * writes it.
 *
 * A key is known to be empty until somebody adds it, and all of it ends where `wp_insert_user()` has come to the roles.
 */
final class No_Meta_Yet {

	/**
	 * What is known.
	 *
	 * @var array<string, array<mixed>> Values by key.
	 */
	private array $known = array();

	/**
	 * For an account that was inserted at this moment.
	 *
	 * @param int      $user_id Its id.
	 * @param string[] $keys    Keys that are about to be added.
	 */
	public function __construct( private readonly int $user_id, array $keys ) {
		global $wpdb;
		// Rows that somebody left behind who had that id before: then core's own way is the right one.
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- past every cache.
		if ( null !== $wpdb->get_var( $wpdb->prepare( "SELECT umeta_id FROM {$wpdb->usermeta} WHERE user_id = %d LIMIT 1", $user_id ) ) ) {
			return;
		}
		$this->known = array(
			$wpdb->get_blog_prefix() . 'capabilities' => array( array() ),
			$wpdb->get_blog_prefix() . 'user_level'   => array( 0 ),
		) + array_fill_keys( $keys, array() );
		add_filter( 'get_user_metadata', array( $this, 'answer' ), PHP_INT_MIN, 4 );
		add_action( 'add_user_meta', array( $this, 'added' ), PHP_INT_MIN, 2 );
		add_action( 'set_user_role', array( $this, 'end' ), PHP_INT_MIN, 0 );
	}

	/**
	 * Core asks.
	 *
	 * @param mixed $value     What others answer.
	 * @param mixed $user_id   Of whom.
	 * @param mixed $key       For what.
	 * @param mixed $is_single Whether for one value.
	 */
	public function answer( mixed $value, mixed $user_id, mixed $key, mixed $is_single = false ): mixed {
		if ( null === $value && $user_id === $this->user_id && is_string( $key ) && isset( $this->known[ $key ] ) ) {
			return $is_single && ! $this->known[ $key ] ? array( '' ) : $this->known[ $key ];
		}
		return $value;
	}

	/**
	 * Meta is about to be added.
	 *
	 * @param mixed $user_id Whose.
	 * @param mixed $key     Its key.
	 */
	public function added( mixed $user_id, mixed $key ): void {
		if ( is_numeric( $user_id ) && (int) $user_id === $this->user_id && is_string( $key ) ) {
			unset( $this->known[ $key ] );
		}
	}

	/**
	 * From here on the database is asked.
	 */
	public function end(): void {
		$this->known = array();
		remove_filter( 'get_user_metadata', array( $this, 'answer' ), PHP_INT_MIN );
		remove_action( 'add_user_meta', array( $this, 'added' ), PHP_INT_MIN );
		remove_action( 'set_user_role', array( $this, 'end' ), PHP_INT_MIN );
	}
}
