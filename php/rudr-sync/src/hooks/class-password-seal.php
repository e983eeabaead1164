<?php
/**
 * New passwords wait sealed.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Puts the plaintext of a new password into the user's links, sealed: it can be read back from nowhere, and a plain site
 * takes nothing else. It opens only in the extension, and only for that site, user and password. A receiver that can check the
 * stored hash needs none: what is not kept cannot be stolen.
 */
final class Password_Seal {

	/**
	 * Seals into the links, for those sites.
	 *
	 * @param Waiting_Passwords $waiting   Passwords that wait in the links.
	 * @param Sites             $sites     The sites.
	 * @param Site_Rows         $rows      What is kept of them.
	 * @param Passwords         $passwords The passwords of this request.
	 * @param Primary           $primary   Users as they are now.
	 */
	public function __construct(
		private readonly Waiting_Passwords $waiting,
		private readonly Sites $sites,
		private readonly Site_Rows $rows,
		private readonly Passwords $passwords,
		private readonly Primary $primary
	) {
	}

	/**
	 * Seals what Passwords::settle() has found.
	 */
	public function settle(): void {
		$new = $this->passwords->unsealed();
		if ( ! function_exists( 'rudr_sync_seal' ) ) {
			$this->cannot_seal( $new );
			return;
		}
		if ( ! $new ) {
			return;
		}
		foreach ( $this->sites->all() as $target ) {
			$some = array_diff_key( $new, $this->who_needs_none( fn(): ?Site_Row => $this->rows->known( $target ), array_keys( $new ) ) );
			$key  = $some ? Sites::sealing_key( $target ) : null;
			foreach ( $some as $user_id => $mark ) {
				$this->seal( $target, $user_id, $mark, $key );
			}
		}
	}

	/**
	 * Notes on the links that new passwords could not be kept, in a PHP that has no extension to seal them: a command's, say, where
	 * only the web server's has it.
	 *
	 * @param array<int, string> $new Marks of the passwords, by user id.
	 */
	private function cannot_seal( array $new ): void {
		foreach ( $new ? $this->sites->names() : array() as $site ) {
			foreach ( array_keys( array_diff_key( $new, $this->who_needs_none( fn(): ?Site_Row => $this->rows->find( $site ), array_keys( $new ) ) ) ) as $user_id ) {
				$this->waiting->cannot_keep(
					$site,
					$user_id,
					__( 'The new password was set in a PHP without the extension rudr_sync, which could not keep it: install it there too (a command line often has a php.ini of its own). The password follows when it is next changed.', 'rudr-sync' )
				);
			}
		}
	}

	/**
	 * Users whose plaintext is not to be kept for a site. Where the database does not say, all are kept: it is erased once the
	 * site has been told, while one that is not kept is gone.
	 *
	 * @param \Closure(): ?Site_Row $read     Reads how the site does.
	 * @param int[]                 $user_ids Users.
	 * @return array<int, mixed> By user id.
	 */
	private function who_needs_none( \Closure $read, array $user_ids ): array {
		try {
			$row = $read();
			if ( ! $row ) {
				return array();
			}
			return Site_Row::DISCONNECTED === $row->status ? array_flip( $user_ids ) : $this->whose_hash_will_do( $row, $user_ids );
		} catch ( Database_Error $e ) {
			Log::thrown( $e );
			return array();
		}
	}

	/**
	 * Users of whom a site needs no plaintext. The hash of one who may edit users here never leaves.
	 *
	 * @param Site_Row $row      The site.
	 * @param int[]    $user_ids Users.
	 * @return array<int, mixed> By user id.
	 */
	private function whose_hash_will_do( Site_Row $row, array $user_ids ): array {
		return array_filter(
			Site_Row::RECEIVER === $row->wire ? $this->primary->rows( $user_ids ) : array(),
			static function ( array $user ) use ( $row ): bool {
				$there = get_userdata( (int) $user['ID'] );
				return $row->takes_hash( $user['user_pass'] ) && $there && ! Privileges::of( $there );
			}
		);
	}

	/**
	 * Seals one.
	 *
	 * @param Target      $target  The site.
	 * @param int         $user_id User.
	 * @param string      $mark    Mark of the password.
	 * @param string|null $key     The key.
	 */
	private function seal( Target $target, int $user_id, string $mark, #[\SensitiveParameter] ?string $key ): void {
		$plaintext = $this->passwords->plaintext( $user_id, $mark );
		try {
			if ( null === $key ) {
				$this->waiting->cannot_keep( $target->name, $user_id, self::advice( $target ) );
			} elseif ( null !== $plaintext ) {
				$this->waiting->keep( $target->name, $user_id, rudr_sync_seal( $plaintext, array( $target->name, (string) $user_id, $mark ), $key ), $mark );
			}
		} catch ( Exception $e ) {
			// php.ini's key file cannot be read, for instance.
			$this->waiting->cannot_keep( $target->name, $user_id, $e->getMessage() );
		}
	}

	/**
	 * What to do about a missing key.
	 *
	 * @param Target $target The site.
	 */
	private static function advice( Target $target ): string {
		return Target::FROM_FILE === $target->from
			? __( 'There is no key to keep the new password with: set rudr_sync.key_file in php.ini. The password follows when it is next changed.', 'rudr-sync' )
			: __( 'There is no key to keep the new password with: wp-config.php defines no AUTH_KEY and AUTH_SALT of its own, and php.ini\'s rudr_sync.key_file is not set. The password follows when it is next changed.', 'rudr-sync' );
	}
}
