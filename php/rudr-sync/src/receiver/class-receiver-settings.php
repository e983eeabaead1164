<?php
/**
 * What this site lets other sites do.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The receiver's own lists and rules: the option `rudr_sync_receiver`, and over it the constant RUDR_SYNC_RECEIVER, both an
 * array. Whatever a source asks for, it gets no more than this:
 *
 *     roles           string[]  roles that a source may give and take; not set: all that hold no power over users, plugins or
 *                               options. One that does is never given, whatever stands here
 *     meta            string[]  user meta keys that a source may write
 *     adopt           string    'any' (as the source says), 'proven' (only proved addresses), 'never'
 *     claims          bool      believe a source that says it made an account before the receiver was here
 *     removal         string    what a removal there means here: 'remove', 'suspend' or 'leave'
 *     network_delete  bool      on a multisite: delete who is on no other blog, instead of leaving them in the network
 *     authority       bool      of two sites that follow each other, this one is right
 *     addresses       string[]  addresses or networks (10.0.0.0/8) that may call; none: any
 *     max_jobs        int       jobs in a request
 */
final class Receiver_Settings {

	/** The option. */
	public const OPTION = 'rudr_sync_receiver';

	/**
	 * Meta that decides who somebody is or what they may do, and what is a field: never written, whatever the list says. With
	 * the prefix of any blog or without.
	 */
	private const NEVER = '/^(capabilities|user_level|user-settings.*|session_tokens|_application_passwords|_new_email|primary_blog|source_domain|user_id_2|default_password_nag|nickname|first_name|last_name|description|locale|_?rudr_sync.*)$/';

	/**
	 * The roles that a source may give and take.
	 *
	 * @return string[]
	 */
	public function roles(): array {
		$roles = $this->value( 'roles' );
		$roles = null === $roles ? array_map( 'strval', array_keys( wp_roles()->roles ) ) : array_filter( (array) $roles, 'is_string' );

		/**
		 * Filters the roles that other sites may give to accounts here. One that holds power over users, plugins or options is
		 * left out whatever is returned.
		 *
		 * @param string[] $roles Names of roles.
		 */
		$roles = array_filter( (array) apply_filters( 'rudr_sync_receiver_roles', $roles ), 'is_string' );
		return array_values( array_filter( $roles, static fn( string $role ): bool => wp_roles()->is_role( $role ) && ! Powers::in_role( $role ) ) );
	}

	/**
	 * The user meta keys that a source may write. They are compared byte for byte; the database compares otherwise, so only
	 * plain ones can be on the list.
	 *
	 * @return string[]
	 */
	public function meta(): array {
		/**
		 * Filters the user meta keys that other sites may write here. Those that decide what somebody may do are left out
		 * whatever is returned.
		 *
		 * @param string[] $keys Meta keys.
		 */
		$keys = array_filter( (array) apply_filters( 'rudr_sync_receiver_meta_keys', (array) ( $this->value( 'meta' ) ?? array() ) ), 'is_string' );
		return array_values( array_filter( $keys, array( self::class, 'is_meta' ) ) );
	}

	/**
	 * Whether a key is one that may stand on the list of meta.
	 *
	 * @param string $key The key.
	 */
	public static function is_meta( string $key ): bool {
		global $wpdb;
		$low  = strtolower( $key );
		$bare = preg_replace( '/^' . preg_quote( strtolower( $wpdb->base_prefix ), '/' ) . '(\d+_)?/', '', $low );
		return preg_match( '/^[A-Za-z0-9_.:-]{1,255}$/D', $key ) && ! preg_match( self::NEVER, $low ) && ! preg_match( self::NEVER, $bare );
	}

	/**
	 * How far a source may go in taking over an account that is here: the less of what it says and what this site says.
	 *
	 * @param string $asked What the source says.
	 */
	public function adopt( string $asked ): string {
		$order = array( 'never', 'proven', 'any' );
		$here  = array_search( $this->value( 'adopt' ) ?? 'any', $order, true );
		return $order[ min( (int) $here, (int) array_search( $asked, $order, true ) ) ];
	}

	/**
	 * Whether a source is believed that it made an account before the receiver was here.
	 */
	public function believes_claims(): bool {
		return true === $this->value( 'claims' );
	}

	/**
	 * What a removal on the source means here: 'remove', 'suspend' or 'leave'. A word that is none of them removes nothing.
	 */
	public function removal(): string {
		$removal = $this->value( 'removal' ) ?? 'remove';
		return in_array( $removal, array( 'remove', 'suspend' ), true ) ? $removal : 'leave';
	}

	/**
	 * Whether who is on no other blog is deleted from the network.
	 */
	public function deletes_from_network(): bool {
		return true === $this->value( 'network_delete' );
	}

	/**
	 * Whether this site is right where both ends have changed.
	 */
	public function is_authority(): bool {
		return true === $this->value( 'authority' );
	}

	/**
	 * Addresses and networks that may call; none: any. What is no text is one that nobody has, so that a mistake lets nobody in.
	 *
	 * @return string[]
	 */
	public function addresses(): array {
		return array_map( static fn( $word ): string => is_string( $word ) ? $word : '', array_values( (array) ( $this->value( 'addresses' ) ?: array() ) ) );
	}

	/**
	 * Jobs in a request.
	 */
	public function max_jobs(): int {
		$most = $this->value( 'max_jobs' );
		return is_int( $most ) && $most > 0 ? min( $most, 1000 ) : 100;
	}

	/**
	 * A setting as it was written, or null.
	 *
	 * @param string $name Its name.
	 */
	public function value( string $name ): mixed {
		return self::constants()[ $name ] ?? ( (array) get_option( self::OPTION, array() ) )[ $name ] ?? null;
	}

	/**
	 * Whether a setting stands in wp-config.php, so that the option says nothing.
	 *
	 * @param string $name Its name.
	 */
	public function is_fixed( string $name ): bool {
		return isset( self::constants()[ $name ] );
	}

	/**
	 * What stands in wp-config.php.
	 *
	 * @return array<string, mixed>
	 */
	private static function constants(): array {
		return defined( 'RUDR_SYNC_RECEIVER' ) ? (array) constant( 'RUDR_SYNC_RECEIVER' ) : array();
	}
}
