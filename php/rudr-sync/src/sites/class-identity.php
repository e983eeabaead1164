<?php
/**
 * Which install this is.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A copy of a site, for staging say, has its database, its sealed passwords and its salts, but must not speak to the
 * original's remotes. Each install has a uuid, and a fingerprint of its address, environment type and database, hashed
 * together with the uuid: to replace every address in a copied database does not mend it. Where it does not fit, nothing is
 * delivered until an administrator says which it is; changes are marked all the while.
 */
final class Identity {

	/** The option that holds uuid and fingerprint. */
	public const OPTION = 'rudr_sync_identity';

	/** The constant RUDR_SYNC_OFF holds everything. */
	public const OFF = 'off';

	/** This may be a copy: an administrator has to say. */
	public const UNSURE = 'unsure';

	/** The answer that this is the same install at another place. */
	public const MOVED = 'moved';

	/** The answer that this is another install. */
	public const COPY = 'copy';

	/**
	 * What is kept of sites and links.
	 *
	 * @param Links     $links The links.
	 * @param Site_Rows $rows  The sites.
	 */
	public function __construct( private readonly Links $links, private readonly Site_Rows $rows ) {
	}

	/**
	 * Why nothing may be delivered: OFF, UNSURE, or null.
	 */
	public function hold(): ?string {
		if ( defined( 'RUDR_SYNC_OFF' ) && constant( 'RUDR_SYNC_OFF' ) ) {
			return self::OFF;
		}
		$kept = self::kept();
		return $kept && ! hash_equals( self::fingerprint( $kept[0] ), $kept[1] ) ? self::UNSURE : null;
	}

	/**
	 * This install's uuid.
	 */
	public function uuid(): string {
		return self::kept()[0] ?? '';
	}

	/**
	 * The install gets its identity when the tables are made.
	 */
	public static function establish(): void {
		if ( ! self::kept() ) {
			self::keep( wp_generate_uuid4() );
		}
	}

	/**
	 * An administrator says that this is the same install at another place: it goes on where it stopped.
	 */
	public function moved(): void {
		self::keep( $this->uuid() ?: wp_generate_uuid4() );
	}

	/**
	 * An administrator says that this is a copy: it becomes an install of its own, which knows no account anywhere, holds none
	 * of the original's passwords and proofs, and delivers to no site until it is connected anew.
	 */
	public function copy(): void {
		// First of all: whatever happens next, nothing goes out.
		$this->rows->disconnect_all();
		// Whose accounts these are is the original's business, also of those that no link holds: an id that stayed would be this
		// install's claim to an account of the original, to write or to remove it.
		if ( Remote_Id_Meta::is_for( Sites::ONLY ) ) {
			delete_metadata( 'user', 0, Remote_Id_Meta::KEY, '', true );
		}
		delete_metadata( 'user', 0, Proofs::META, '', true );
		$this->links->forget_all();
		self::keep( wp_generate_uuid4() );
	}

	/**
	 * What is kept: uuid and fingerprint. One for a whole network.
	 *
	 * @return array{string, string}|null
	 */
	private static function kept(): ?array {
		$part = explode( ' ', (string) get_network_option( null, self::OPTION, '' ) );
		return 2 === count( $part ) ? $part : null;
	}

	/**
	 * Keeps a uuid, with the fingerprint that the install has now.
	 *
	 * @param string $uuid The uuid.
	 */
	private static function keep( string $uuid ): void {
		update_network_option( null, self::OPTION, $uuid . ' ' . self::fingerprint( $uuid ) );
	}

	/**
	 * The fingerprint of this install. That a site is moved from http to https does not make it another.
	 *
	 * @param string $uuid Its uuid.
	 */
	private static function fingerprint( string $uuid ): string {
		$home = preg_replace( '~^https?://~', '', untrailingslashit( is_multisite() ? network_home_url() : (string) get_option( 'home' ) ) );
		return hash( 'sha256', implode( "\n", array( $uuid, strtolower( $home ), wp_get_environment_type(), DB_NAME ) ) );
	}
}
