<?php
/**
 * The sites that were added in wp-admin.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Keeps sites in the column `settings` of the table of sites. An application password is sealed before anything else happens
 * to it and never comes out again, but inside the extension.
 */
final class Site_Store {

	/** What a short name may be: it stands in commands and addresses. */
	public const NAME = '/^[a-z0-9][a-z0-9_-]{0,63}$/D';

	/**
	 * Reads and writes there.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
	}

	/**
	 * All of them.
	 *
	 * @return array<int|string, Stored_Site> By name.
	 */
	public static function read(): array {
		global $wpdb;

		$sites = array();
		$table = Site_Rows::table( $wpdb );
		// Before the tables are made, as in the request that activates the plugin, there is nothing to tell.
		$quiet = $wpdb->suppress_errors();
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		$rows = (array) $wpdb->get_results( "SELECT name, settings, SHA2(settings, 256) AS digest FROM {$table} WHERE settings IS NOT NULL ORDER BY name", ARRAY_A );
		$wpdb->suppress_errors( $quiet );
		foreach ( $rows as $row ) {
			$site = Stored_Site::of_json( $row['name'], $row['settings'], $row['digest'] );
			if ( $site ) {
				$sites[ $row['name'] ] = $site;
			}
		}
		return $sites;
	}

	/**
	 * What was noted of sites is outdated: on every site of a network, since they follow to the same.
	 */
	private static function has_changed(): void {
		Every_Blog::run( static fn() => delete_option( Sites::NOTED ) );
		self::note();
	}

	/**
	 * Notes whether there are any.
	 */
	public static function note(): void {
		global $wpdb;
		$table = Site_Rows::table( $wpdb );
		// Twice: one that is added between count and note is not to be overlooked for ever.
		for ( $try = 1; $try <= 2; ++$try ) {
			// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
			update_option( Sites::STORED, $wpdb->get_var( "SELECT 1 FROM {$table} WHERE settings IS NOT NULL LIMIT 1" ) ? '1' : '0', true );
		}
	}

	/**
	 * Names of all sites that the table knows, wherever they are defined.
	 *
	 * @return string[]
	 */
	public static function known(): array {
		global $wpdb;

		$table = Site_Rows::table( $wpdb );
		$quiet = $wpdb->suppress_errors();
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		$names = $wpdb->get_col( "SELECT name FROM {$table} ORDER BY name" );
		$wpdb->suppress_errors( $quiet );
		return array_map( 'strval', $names );
	}

	/**
	 * One of them.
	 *
	 * @param string $name Its name.
	 */
	public function find( string $name ): ?Stored_Site {
		return self::read()[ $name ] ?? null;
	}

	/**
	 * Adds a site, or gives one that is there another address, username, password or options. What is not mended by a new
	 * password stays as it is: links, and what was last accepted.
	 *
	 * @param string               $name     Its short name.
	 * @param string               $url      Its address.
	 * @param string               $username The account there.
	 * @param string               $password The application password; '' to keep the one that is there.
	 * @param array<string, mixed> $options  Options of the extension's Site.
	 * @throws Command_Error If it cannot be kept; the sentence says why.
	 */
	public function put( string $name, string $url, string $username, #[\SensitiveParameter] string $password, array $options ): void {
		$options = array_diff_key( $options, array_flip( array( 'name', 'key' ) ) );
		if ( ! preg_match( self::NAME, $name ) ) {
			throw new Command_Error( __( 'A short name is 1 to 64 small letters, digits, - and _.', 'rudr-sync' ) );
		}
		$old    = $this->find( $name );
		$origin = Origin::of( $url );
		if ( null === $origin ) {
			throw new Command_Error( __( 'The address must begin with https:// and a host name (one with other than plain letters in its form xn--…).', 'rudr-sync' ) );
		}
		if ( '' === $username ) {
			throw new Command_Error( __( 'The username is missing.', 'rudr-sync' ) );
		}
		if ( '' !== $password ) {
			$site = $this->sealed( $name, $url, $username, $password, $options, $origin );
		} elseif ( $old && Origin::of( $old->url ) === $origin && $old->username === $username ) {
			$site = $old->with( $url, $options );
		} elseif ( $old ) {
			throw new Command_Error( __( 'Enter the application password again: it is kept for the old address and username only.', 'rudr-sync' ) );
		} else {
			throw new Command_Error( __( 'The application password is missing.', 'rudr-sync' ) );
		}
		$this->try( $site );
		$this->write( $site );
		if ( $old && ( $old->url !== $url || $old->username !== $username ) ) {
			// What is there is asked anew; until then nobody relies on it being a receiver.
			( new Site_Rows( $this->db ) )->forget_wire( $name, $old->url !== $url );
		}
		self::has_changed();
	}

	/**
	 * Removes a site, with all that is known of whose accounts are whose there, and waiting passwords. The accounts there stay.
	 * One that is defined elsewhere still comes back, and knows nobody.
	 *
	 * @param string $name Its name.
	 * @throws Command_Error If that failed. Once its definition is gone, what is left of it is shown, and can be removed again.
	 */
	public function remove( string $name ): void {
		Remote_Id_Meta::forget_held( $name );
		$links = new Links( $this->db );
		$table = Site_Rows::table( $this->db );
		$off   = false;
		try {
			// The row last: links without one would be nobody's to see, and the next site's of that name.
			// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own tables.
			$links->write( $this->db->prepare( "UPDATE {$table} SET settings = NULL WHERE name = %s", $name ) );
			$off = true;
			$links->write( $this->db->prepare( "DELETE FROM {$links->table} WHERE site = %s", $name ) );
			$links->write( $this->db->prepare( "DELETE FROM {$table} WHERE name = %s", $name ) );
			// phpcs:enable
		} catch ( Database_Error $e ) {
			$why = $off
				/* translators: 1: short name of a site, 2: what the database says. */
				? __( 'Site %1$s could not be removed: %2$s. Nothing is sent there any more; remove it once more.', 'rudr-sync' )
				/* translators: 1: short name of a site, 2: what the database says. */
				: __( 'Site %1$s could not be removed, and users follow there as before: %2$s. Remove it once more.', 'rudr-sync' );
			throw new Command_Error( sprintf( $why, $name, $e->getMessage() ) );
		} finally {
			self::has_changed();
		}
	}

	/**
	 * A site with its password sealed.
	 *
	 * @param string               $name     Its short name.
	 * @param string               $url      Its address.
	 * @param string               $username The account there.
	 * @param string               $password The application password.
	 * @param array<string, mixed> $options  Options.
	 * @param string               $origin   Origin of the address.
	 * @throws Command_Error If it cannot be sealed.
	 */
	private function sealed( string $name, string $url, string $username, #[\SensitiveParameter] string $password, array $options, string $origin ): Stored_Site {
		if ( ! function_exists( 'rudr_sync_seal' ) ) {
			throw new Command_Error( __( 'The PHP extension rudr_sync is not loaded. Without it a password cannot be kept safely.', 'rudr-sync' ) );
		}
		$key = Sealing_Key::get();
		if ( null === $key ) {
			throw new Command_Error( __( 'There is no key to seal the application password with: wp-config.php defines no AUTH_KEY and AUTH_SALT of its own, and php.ini\'s rudr_sync.key_file is not set. See to one of them, or define the site in wp-config.php.', 'rudr-sync' ) );
		}
		try {
			// Core shows it in groups of four; the spaces are no part of it.
			return new Stored_Site( $name, $url, $username, rudr_sync_seal( str_replace( ' ', '', $password ), array( $origin, $username ), $key ), $options );
		} catch ( \Throwable $e ) {
			throw new Command_Error( $e->getMessage() );
		}
	}

	/**
	 * Lets the extension look at a definition before it is stored.
	 *
	 * @param Stored_Site $site The site.
	 * @throws Command_Error What the extension has against it.
	 */
	private function try( Stored_Site $site ): void {
		try {
			$site->open();
		} catch ( \Throwable $e ) {
			throw new Command_Error( $e->getMessage() );
		}
	}

	/**
	 * Stores it.
	 *
	 * @param Stored_Site $site The site.
	 * @throws Command_Error If the database would not.
	 */
	private function write( Stored_Site $site ): void {
		$table    = Site_Rows::table( $this->db );
		$settings = $site->to_json();
		// Who is here already follows by `sync --all` or with their own next change: only later ids are looked for.
		$done = $this->db->query(
			$this->db->prepare(
				// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table and core's.
				"INSERT INTO {$table} (name, settings, swept_user_id) SELECT %s, %s, COALESCE(MAX(ID), 0) FROM {$this->db->users}
				ON DUPLICATE KEY UPDATE settings = %s",
				$site->name,
				$settings,
				$settings
			)
		);
		if ( false === $done ) {
			/* translators: %s: short name of a site. */
			throw new Command_Error( sprintf( __( 'The database would not keep the site %s.', 'rudr-sync' ), $site->name ) );
		}
	}
}
