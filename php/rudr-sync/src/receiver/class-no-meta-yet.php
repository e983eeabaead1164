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
 * While `wp_insert_user()` makes an account, core asks again and again what roles it has, and reads all its meta for that each
 * time. That it has none is known here and answered without the database. That it is to have no role is then no change and
 * writes no row; the last step writes it.
 *
 * It is known until somebody adds roles, and all of it ends where `wp_insert_user()` has come to them.
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
	 * @param int $user_id Its id.
	 */
	public function __construct( private readonly int $user_id ) {
		global $wpdb;
		// Rows that somebody left behind who had that id before: then core's own way is the right one.
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- past every cache.
		if ( null !== $wpdb->get_var( $wpdb->prepare( "SELECT umeta_id FROM {$wpdb->usermeta} WHERE user_id = %d LIMIT 1", $user_id ) ) ) {
			return;
		}
		$this->known = array(
			$wpdb->get_blog_prefix() . 'capabilities' => array( array() ),
			$wpdb->get_blog_prefix() . 'user_level'   => array( 0 ),
		);
		add_filter( 'get_user_metadata', array( $this, 'answer' ), PHP_INT_MIN, 3 );
		add_action( 'add_user_meta', array( $this, 'added' ), PHP_INT_MIN, 2 );
		add_action( 'set_user_role', array( $this, 'end' ), PHP_INT_MIN, 0 );
	}

	/**
	 * Whether it is so of that account.
	 *
	 * @param int $user_id The account.
	 */
	public function is_of( int $user_id ): bool {
		return $this->known && $user_id === $this->user_id;
	}

	/**
	 * Core asks.
	 *
	 * @param mixed $value   What others answer.
	 * @param mixed $user_id Of whom.
	 * @param mixed $key     For what.
	 */
	public function answer( mixed $value, mixed $user_id, mixed $key ): mixed {
		return null === $value && $user_id === $this->user_id && is_string( $key ) ? $this->known[ $key ] ?? null : $value;
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
