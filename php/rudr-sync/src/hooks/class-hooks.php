<?php
/**
 * What WordPress says of its users.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Every hook that shows a change of a user, a password or a proof. No hook is trusted for more than that something
 * changes: what the user is like is read at the end of the request.
 *
 * Hooks are anybody's to fire, so nothing here insists on a type.
 */
final class Hooks {

	/** Who changed in this request, once somebody has: WordPress calls some twenty times while it writes one user. */
	private ?Changes $changes = null;

	/**
	 * Tells what these parts have to know. They are asked for only when there is something to tell.
	 *
	 * @param Parts $parts The parts.
	 */
	public function __construct( private readonly Parts $parts ) {
	}

	/**
	 * Attaches everything.
	 */
	public function attach(): void {
		// The row in wp_users.
		add_filter( 'wp_pre_insert_user_data', array( $this, 'before_write' ), 10, 3 );
		add_action( 'user_register', array( $this, 'registered' ), 10, 2 );
		add_action( 'profile_update', array( $this, 'changed' ) );

		// Roles.
		foreach ( array( 'set_user_role', 'add_user_role', 'remove_user_role' ) as $hook ) {
			add_action( $hook, array( $this, 'changed' ) );
		}

		// Meta, and with it names, locale and capabilities; before and after each write.
		add_action( 'add_user_meta', array( $this, 'meta_added' ), 10, 2 );
		foreach ( array( 'added_user_meta', 'update_user_meta', 'updated_user_meta' ) as $hook ) {
			add_action( $hook, array( $this, 'meta_changed' ), 10, 3 );
		}
		foreach ( array( 'delete_user_meta', 'deleted_user_meta' ) as $hook ) {
			add_action( $hook, array( $this, 'meta_deleted' ), 10, 3 );
		}

		// Passwords.
		if ( version_compare( $GLOBALS['wp_version'], '6.8-alpha', '<' ) ) {
			// Never later: there a hasher in that place turns bcrypt off.
			require_once ABSPATH . WPINC . '/class-phpass.php';
			Remembering_Hasher::install( fn( #[\SensitiveParameter] string $hash, #[\SensitiveParameter] string $password ) => $this->parts->passwords->hashed( $hash, $password ) );
			add_action( 'clean_user_cache', array( $this, 'cache_cleaned' ) );
			// From 6.3 on `wp_update_user` shows what these do.
			add_action( 'user_profile_update_errors', array( $this, 'profile_screen' ), PHP_INT_MAX, 3 );
			add_action( 'rest_after_insert_user', array( $this, 'rest_request' ), 10, 2 );
		}
		add_action( 'wp_set_password', array( $this, 'password_set' ), 10, 3 );
		add_action( 'wp_update_user', array( $this, 'updated' ), 10, 3 );
		add_filter( 'check_password', array( $this, 'password_checked' ), PHP_INT_MAX, 4 );

		// Resets, and what they prove.
		add_action( 'validate_password_reset', array( $this, 'link_opened' ), PHP_INT_MAX, 2 );
		add_action( 'password_reset', array( $this, 'changed' ) );
		add_action( 'after_password_reset', array( $this, 'reset' ), 10, 2 );

		// Removal. On a network `delete_user` only says that somebody left a blog.
		if ( is_multisite() ) {
			add_action( 'wpmu_delete_user', array( $this, 'network_removes' ), 1, 2 );
			add_action( 'add_user_to_blog', array( $this, 'changed' ) );
			add_action( 'remove_user_from_blog', array( $this, 'changed' ) );
		} else {
			add_action( 'delete_user', array( $this, 'removes' ), 1, 3 );
		}
		add_action( 'deleted_user', array( $this, 'removed' ), PHP_INT_MAX );

		// What the receiver of this install says, see there.
		add_action( 'rudr_sync_received', array( $this, 'arrived' ), 10, 5 );
		add_action( 'rudr_sync_received_removal', array( $this, 'removal_arrived' ), 10, 3 );
		add_filter( 'rudr_sync_password_stands', array( $this, 'password_stands' ), 10, 2 );
	}

	/**
	 * A user has changed, or is about to.
	 *
	 * @param mixed $user User or id.
	 */
	public function changed( mixed $user ): void {
		$this->changes ??= $this->parts->changes;
		$this->changes->touch( $this->id( $user ) );
	}

	/**
	 * Core is about to write a row.
	 *
	 * @param mixed $data    The row.
	 * @param mixed $update  Whether there is one already.
	 * @param mixed $user_id Whose it is, on an update.
	 */
	public function before_write( #[\SensitiveParameter] mixed $data, mixed $update = false, mixed $user_id = null ): mixed {
		$this->changed( $user_id );
		$hash = is_array( $data ) ? $data['user_pass'] ?? null : null;
		// Most updates write the hash that is there, which core has just read: that is no news.
		if ( ! $update || ( \WP_User::get_data_by( 'id', $this->id( $user_id ) )->user_pass ?? null ) !== $hash ) {
			$this->parts->passwords->writes( $hash );
		}
		return $data;
	}

	/**
	 * A user was made.
	 *
	 * @param mixed $user_id  User.
	 * @param mixed $userdata What wp_insert_user() was given, with the plaintext password.
	 */
	public function registered( mixed $user_id, #[\SensitiveParameter] mixed $userdata = array() ): void {
		$this->changed( $user_id );
		$this->announce( $user_id, is_array( $userdata ) ? $userdata['user_pass'] ?? null : null );
	}

	/**
	 * User meta is about to be added.
	 *
	 * @param mixed $user_id User.
	 * @param mixed $key     Meta key.
	 */
	public function meta_added( mixed $user_id, mixed $key ): void {
		if ( ! $this->changes?->is_marked( $this->id( $user_id ) ) && Watched_Meta::has( (string) $key ) ) {
			$this->changed( $user_id );
		}
	}

	/**
	 * User meta was added or changed, or is about to be changed.
	 *
	 * @param mixed $meta_id Its id.
	 * @param mixed $user_id User.
	 * @param mixed $key     Meta key.
	 */
	public function meta_changed( mixed $meta_id, mixed $user_id, mixed $key ): void {
		$this->meta_added( $user_id, $key );
	}

	/**
	 * User meta was deleted, or is about to be.
	 *
	 * @param mixed $meta_ids Ids of the rows.
	 * @param mixed $user_id  User; 0 if it is everybody's.
	 * @param mixed $key      Meta key.
	 */
	public function meta_deleted( mixed $meta_ids, mixed $user_id, mixed $key ): void {
		if ( ! Watched_Meta::has( (string) $key ) ) {
			return;
		}
		$owners = $this->id( $user_id ) ? array( $user_id ) : $this->owners_of_meta( array_map( 'intval', (array) $meta_ids ) );
		array_walk( $owners, array( $this, 'changed' ) );
	}

	/**
	 * Whose those meta rows are. The page goes on if the database does not say.
	 *
	 * @param int[] $meta_ids Ids of the rows.
	 * @return int[] User ids.
	 */
	private function owners_of_meta( array $meta_ids ): array {
		try {
			return $this->parts->primary->owners_of_meta( $meta_ids );
		} catch ( Database_Error $e ) {
			Log::thrown( $e );
			return array();
		}
	}

	/**
	 * A password was set, or is about to be; or an old one was hashed anew at a login.
	 *
	 * @param mixed $password Plaintext.
	 * @param mixed $user_id  User.
	 * @param mixed $before   The user as they were before; since 6.7.
	 */
	public function password_set( #[\SensitiveParameter] mixed $password, mixed $user_id, mixed $before = null ): void {
		if ( ! $this->parts->passwords->is_rehash( $this->id( $user_id ), $password ) ) {
			$this->changed( $user_id );
			$this->parts->passwords->has_written( $this->id( $user_id ), $before );
			$this->announce( $user_id, $password );
		}
	}

	/**
	 * A user was updated.
	 *
	 * @param mixed $user_id  User.
	 * @param mixed $userdata The whole user.
	 * @param mixed $raw      What wp_update_user() was given, with a plaintext password if there was one.
	 */
	public function updated( mixed $user_id, #[\SensitiveParameter] mixed $userdata, #[\SensitiveParameter] mixed $raw ): void {
		$this->changed( $user_id );
		$this->announce( $user_id, is_array( $raw ) ? $raw['user_pass'] ?? null : null );
	}

	/**
	 * A profile screen is about to be saved, unless it is refused.
	 *
	 * @param mixed $errors What is wrong with it.
	 * @param mixed $update Whether the user exists.
	 * @param mixed $user   What was sent.
	 */
	public function profile_screen( mixed $errors, mixed $update, #[\SensitiveParameter] mixed $user ): void {
		if ( $update ) {
			$this->announce( $user, $user->user_pass ?? null );
		}
	}

	/**
	 * A user was made or changed by REST.
	 *
	 * @param mixed $user    User.
	 * @param mixed $request The request, whose password core slashes before it hashes it.
	 */
	public function rest_request( mixed $user, #[\SensitiveParameter] mixed $request ): void {
		$this->changed( $user );
		$password = $request instanceof \WP_REST_Request ? $request['password'] : null;
		$this->announce( $user, is_string( $password ) ? wp_slash( $password ) : null );
	}

	/**
	 * A user's cache was cleaned: before 6.2 all that wp_set_password() lets on, but for what the seam sees.
	 *
	 * @param mixed $user_id User.
	 */
	public function cache_cleaned( mixed $user_id ): void {
		if ( $this->parts->passwords->seam_saw_something() ) {
			$this->changed( $user_id );
		}
	}

	/**
	 * A password was checked.
	 *
	 * @param mixed $right    Whether it is right.
	 * @param mixed $password Plaintext.
	 * @param mixed $hash     What it was checked against.
	 * @param mixed $user_id  Whose it is, if the caller said so.
	 */
	public function password_checked( mixed $right, #[\SensitiveParameter] mixed $password = '', #[\SensitiveParameter] mixed $hash = '', mixed $user_id = '' ): mixed {
		if ( true === $right && $this->id( $user_id ) && is_string( $password ) && is_string( $hash ) ) {
			$this->parts->passwords->checked( $this->id( $user_id ), $password, $hash );
		}
		return $right;
	}

	/**
	 * Somebody came by the link in a mail.
	 *
	 * @param mixed $errors What is wrong with it.
	 * @param mixed $user   Whose link it is.
	 */
	public function link_opened( mixed $errors, mixed $user ): void {
		if ( $user instanceof \WP_User && $errors instanceof \WP_Error && ! $errors->has_errors() ) {
			$this->parts->proofs->came_by_link( $user );
		}
	}

	/**
	 * A password was reset.
	 *
	 * @param mixed $user     User.
	 * @param mixed $password Plaintext.
	 */
	public function reset( mixed $user, #[\SensitiveParameter] mixed $password ): void {
		$this->changed( $user );
		$this->parts->passwords->has_written( $this->id( $user ), null );
		$this->announce( $user, $password );
		$this->parts->proofs->was_reset( $this->id( $user ) );
	}

	/**
	 * A user is about to be removed.
	 *
	 * @param mixed $user_id User.
	 * @param mixed $heir_id Who inherits the content.
	 * @param mixed $user    The user.
	 */
	public function removes( mixed $user_id, mixed $heir_id = null, mixed $user = null ): void {
		$user = $user instanceof \WP_User ? $user : get_userdata( $this->id( $user_id ) );
		if ( $user ) {
			$this->parts->changes->remove( $user, is_numeric( $heir_id ) ? (int) $heir_id : null );
		}
	}

	/**
	 * A user was removed.
	 *
	 * @param mixed $user_id User.
	 */
	public function removed( mixed $user_id ): void {
		$this->parts->changes->removed( $this->id( $user_id ) );
	}

	/**
	 * A user is about to be removed from a network.
	 *
	 * @param mixed $user_id User.
	 * @param mixed $user    The user.
	 */
	public function network_removes( mixed $user_id, mixed $user = null ): void {
		$this->removes( $user_id, null, $user );
	}

	/**
	 * Another site has said what a user is like.
	 *
	 * @param mixed $user_id  User.
	 * @param mixed $source   The site's uuid.
	 * @param mixed $sent     Digests of what that site has, by field.
	 * @param mixed $their_id The user there.
	 * @param mixed $others   Of which of these something else is here, by field: `stale` or `altered`.
	 */
	public function arrived( mixed $user_id, mixed $source, mixed $sent, mixed $their_id, mixed $others = array() ): void {
		if ( ! $this->parts->sites->names() || ! is_string( $source ) || ! is_array( $sent ) || ! is_array( $others ) ) {
			return;
		}
		$arrival = new Arrival( array_filter( $sent, 'strlen' ), $this->mark_of_arrival( $this->id( $user_id ), $sent, $others ), $others );
		$this->parts->arrivals->note( $source, $this->id( $user_id ), $this->id( $their_id ), $arrival );
	}

	/**
	 * The mark of the password that came, or before which one that came had to give way. None where somebody has set another since.
	 *
	 * @param int          $user_id User.
	 * @param array<mixed> $sent    What came, by field.
	 * @param array<mixed> $others  What of it is not here.
	 */
	private function mark_of_arrival( int $user_id, array $sent, array $others ): ?string {
		if ( ! isset( $sent['user_pass_hash'] ) ) {
			return null;
		}
		$user = get_userdata( $user_id );
		return isset( $others['user_pass_hash'] ) || ! $user
			? $this->parts->passwords->mark( $user_id )
			: $this->parts->passwords->mark_of( $user_id, $user->user_pass );
	}

	/**
	 * A user was removed here, or suspended, since another site has removed them.
	 *
	 * @param mixed $user_id  User.
	 * @param mixed $source   The site's uuid.
	 * @param mixed $their_id The user there.
	 */
	public function removal_arrived( mixed $user_id, mixed $source, mixed $their_id ): void {
		if ( ! $this->parts->sites->names() || ! is_string( $source ) ) {
			return;
		}
		foreach ( $this->parts->arrivals->sites_of( $source, $this->id( $user_id ), $this->id( $their_id ) ) as $site ) {
			$this->parts->orders->unlink( $site, $this->id( $user_id ), __( 'That site has removed this user: they do not follow there until one links, confirms, retries or syncs them by name.', 'rudr-sync' ) );
		}
	}

	/**
	 * What stands for a user's password when another site asks whether it has changed: its mark, which a new hash of the same
	 * password leaves as it is.
	 *
	 * @param mixed $digest  What would stand for it.
	 * @param mixed $user_id User.
	 */
	public function password_stands( mixed $digest, mixed $user_id ): mixed {
		return $this->parts->sites->names() ? $this->parts->passwords->mark( $this->id( $user_id ) ) ?? $digest : $digest;
	}

	/**
	 * A hook says that this is a user's new password, or that there is none.
	 *
	 * @param mixed $user     User.
	 * @param mixed $password Plaintext.
	 */
	private function announce( mixed $user, #[\SensitiveParameter] mixed $password ): void {
		if ( is_string( $password ) && '' !== $password ) {
			$this->parts->passwords->announce( $this->id( $user ), $password );
		}
	}

	/**
	 * The id of whatever a hook handed over.
	 *
	 * @param mixed $user User, id, or what comes by.
	 */
	private function id( mixed $user ): int {
		$id = is_object( $user ) ? $user->ID ?? 0 : $user;
		return is_numeric( $id ) ? (int) $id : 0;
	}
}
