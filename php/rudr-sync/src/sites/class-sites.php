<?php
/**
 * The sites that users follow to.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Where sites are defined: the file that the ini setting `rudr_sync.sites` names, the constant RUDR_SYNC_SITES
 * (name => array of `url`, `username`, `password` and options; or one such array alone), and what was added in wp-admin.
 */
final class Sites {

	/** The name of the only site, where it has no other. */
	public const ONLY = 'default';

	/** Longer names do not fit the table. */
	private const MAX_NAME = 64;

	/** The option that says '0' where none is stored: read with all others at once, it spares every page that changes a user a query. */
	public const STORED = 'rudr_sync_stored_sites';

	/** The option with all names as they were when a change was last settled: it spares such a page a look at the file. */
	public const NOTED = 'rudr_sync_site_names';

	/**
	 * What has been read in this request.
	 *
	 * @var array<string, \Closure(): Target>|null
	 */
	private ?array $defined = null;

	/**
	 * The same, made.
	 *
	 * @var array<string, Target>|null
	 */
	private ?array $targets = null;

	/**
	 * What names() gives.
	 *
	 * @var string[]|null
	 */
	private ?array $names = null;

	/** Whether there is nothing any more in which sites could be noted. */
	private bool $is_closed = false;

	/** Whether the extension has said which sites are in its file. */
	private bool $file_was_read = false;

	/**
	 * What is wrong with the definitions.
	 *
	 * @var string[]
	 */
	private array $problems = array();

	/**
	 * All sites that can be named, whether or not they can be reached.
	 *
	 * @return array<string, Target> By name.
	 */
	public function all(): array {
		return $this->targets ??= array_map( static fn( \Closure $make ): Target => $make(), $this->defined() );
	}

	/**
	 * How to make them. A page that only marks needs no more than their names.
	 *
	 * @return array<string, \Closure(): Target> By name.
	 */
	private function defined(): array {
		if ( null === $this->defined ) {
			$this->defined = array();
			$this->read_table();
			$this->read_file();
			$this->read_constant();
		}
		return $this->defined;
	}

	/**
	 * Reads everything anew, after a site was added or removed.
	 */
	public function refresh(): void {
		$this->defined  = null;
		$this->targets  = null;
		$this->names    = null;
		$this->problems = array();
	}

	/**
	 * The plugin is uninstalled, and what is left of this request has no table to mark in: it goes on as if there were no site.
	 */
	public function close(): void {
		$this->refresh();
		$this->is_closed     = true;
		$this->defined       = array();
		$this->file_was_read = true;
	}

	/**
	 * Names of all sites that users follow to, also of those whose definition cannot be read now: a change or a removal while
	 * the extension is missing, or its file is broken, is marked for them all the same.
	 *
	 * @return string[]
	 */
	public function names(): array {
		return $this->names ??= array_values( array_unique( array_merge( array_map( 'strval', array_keys( $this->defined() ) ), $this->unread() ) ) );
	}

	/**
	 * The same as they were noted, for who cannot wait: a visitor's page, before it goes on. Outdated, they harm nobody: the end of the
	 * request goes by names(). Only a request that is killed before has then no mark for a site that has just come, as if it had come
	 * a moment later.
	 *
	 * @return string[]
	 */
	public function noted(): array {
		$noted = get_option( self::NOTED );
		if ( false === $noted ) {
			// What is not there WordPress asks of the database each time; also where there is no site, and nothing is ever settled.
			$this->note();
		}
		return is_array( $noted ) && $noted ? $noted : $this->names();
	}

	/**
	 * Of these names those that nothing knows any more; none where not everything can be read that may define them.
	 *
	 * @param string[] $names Names that were noted.
	 * @return string[]
	 */
	public function removed( array $names ): array {
		$gone = array_diff( $names, $this->names() );
		return $gone && $this->file_was_read && ! $this->is_closed ? array_diff( $gone, Site_Store::known() ) : array();
	}

	/**
	 * Notes them.
	 */
	public function note(): void {
		if ( ! $this->is_closed && get_option( self::NOTED ) !== $this->names() ) {
			update_option( self::NOTED, $this->names(), true );
		}
	}

	/**
	 * Names of sites that are known from before and may be in a file that cannot be read now.
	 *
	 * @return string[]
	 */
	public function unread(): array {
		$this->defined();
		return $this->file_was_read ? array() : $this->undefined();
	}

	/**
	 * Names of sites that are known from before and that nothing defines as far as can be read: those that unread() names, or
	 * those whose definition somebody has taken away. They are kept until a person removes them.
	 *
	 * @return string[]
	 */
	public function undefined(): array {
		$defined = array_map( array( self::class, 'stored' ), array_keys( $this->defined() ) );
		return array_values( array_filter( Site_Store::known(), static fn( string $name ): bool => ! in_array( self::stored( $name ), $defined, true ) ) );
	}

	/**
	 * What of the definitions can't be read at all, for a person to read. No secret is in it.
	 *
	 * @return string[]
	 */
	public function unreadable(): array {
		$this->defined();
		return $this->problems;
	}

	/**
	 * What is wrong with the definitions, for a person to read. No secret is in it.
	 *
	 * @return string[]
	 */
	public function problems(): array {
		$problems = array();
		if ( self::extension_is_there() ) {
			foreach ( $this->all() as $name => $target ) {
				try {
					$target->handle();
				} catch ( \Throwable $e ) {
					$problems[] = $name . ': ' . $e->getMessage();
				}
			}
		}
		return array_merge( $this->unreadable(), $problems );
	}

	/**
	 * Whether the PHP extension is loaded, without which nothing can be delivered.
	 */
	public static function extension_is_there(): bool {
		return function_exists( 'rudr_sync_deliver' );
	}

	/**
	 * Reads the sites that were added in wp-admin. Whoever may write to the server's files goes before them.
	 */
	private function read_table(): void {
		// An object cache that outlives requests may give an outdated option.
		if ( ! is_multisite() && ! wp_using_ext_object_cache() && '0' === get_option( self::STORED ) ) {
			return;
		}
		foreach ( Site_Store::read() as $name => $stored ) {
			$this->define(
				(string) $name,
				static fn(): Target => new Target(
					(string) $name,
					static fn(): Site => $stored->open(),
					Target::FROM_TABLE,
					$stored->url,
					$stored->username,
					$stored->options,
					$stored->digest
				)
			);
		}
	}

	/**
	 * Reads the sites of the extension's own file: named, never seen.
	 */
	private function read_file(): void {
		$this->file_was_read = false;
		if ( ! function_exists( 'rudr_sync_sites' ) ) {
			return;
		}
		try {
			$sites               = rudr_sync_sites();
			$this->file_was_read = true;
			foreach ( $sites as $name => $site ) {
				$name = (string) $name;
				$this->define(
					$name,
					static fn(): Target => new Target( $name, static fn(): string => $name, Target::FROM_FILE, $site['url'], $site['username'], $site['options'] )
				);
			}
		} catch ( \Throwable $e ) {
			$this->problems[] = $e->getMessage();
		}
	}

	/**
	 * Reads the constant. A site there goes before one of the same name in the file.
	 */
	private function read_constant(): void {
		foreach ( self::constant() as $name => $site ) {
			$name = (string) $name;
			if ( ! is_array( $site ) ) {
				/* translators: %s: short name of a site. */
				$this->problems[] = sprintf( __( 'The site "%s" in RUDR_SYNC_SITES must be an array with url, username and password.', 'rudr-sync' ), $name );
				continue;
			}
			$text = static fn( string $key ): string => is_string( $site[ $key ] ?? null ) ? $site[ $key ] : '';
			$this->define(
				$name,
				static fn(): Target => new Target(
					$name,
					static fn(): Site => self::open( $name ),
					Target::FROM_CONSTANT,
					$text( 'url' ),
					$text( 'username' ),
					array_intersect_key( $site, array_flip( array( 'concurrency', 'timeout', Target::GUARD ) ) )
				)
			);
		}
	}

	/**
	 * The constant's definitions by name.
	 *
	 * @return array<int|string, mixed>
	 */
	private static function constant(): array {
		$sites = defined( 'RUDR_SYNC_SITES' ) ? (array) constant( 'RUDR_SYNC_SITES' ) : array();
		if ( is_string( $sites['url'] ?? null ) ) {
			return array( self::ONLY => $sites );
		}
		return array_is_list( $sites ) && 1 === count( $sites ) ? array( self::ONLY => $sites[0] ) : $sites;
	}

	/**
	 * Builds the extension's site of that name. Read from the constant anew, so that its password is kept nowhere else.
	 *
	 * @param string $name A name in the constant.
	 * @throws \Throwable What the extension has against it.
	 */
	private static function open( string $name ): Site {
		$site    = self::constant()[ $name ];
		$key     = Sealing_Key::get();
		$options = array( 'name' => $name ) + array_diff_key( $site, array_flip( array( 'url', 'username', 'password', Target::GUARD ) ) );
		if ( null !== $key && '' !== $key ) {
			$options += array( 'key' => $key );
		}
		return new Site( (string) ( $site['url'] ?? '' ), (string) ( $site['username'] ?? '' ), (string) ( $site['password'] ?? '' ), $options );
	}

	/**
	 * The key with which a password is sealed that is to be opened for a site; null if there is none.
	 *
	 * @param Target $target The site.
	 */
	public static function sealing_key( Target $target ): ?string {
		$key = Sealing_Key::get();
		if ( Target::FROM_CONSTANT === $target->from ) {
			$own = self::constant()[ $target->name ]['key'] ?? null;
			return is_string( $own ) && '' !== $own ? $own : $key;
		}
		// What is in the file is opened with php.ini's key, not with wp-config.php's.
		return Target::FROM_FILE === $target->from && '' !== $key ? null : $key;
	}

	/**
	 * Takes a site in.
	 *
	 * @param string             $name Its name.
	 * @param \Closure(): Target $make Makes it.
	 */
	private function define( string $name, \Closure $make ): void {
		if ( '' === trim( $name ) || strlen( $name ) > self::MAX_NAME ) {
			/* translators: %s: short name of a site. */
			$this->problems[] = sprintf( __( 'The name of the site "%s" must have 1 to 64 characters.', 'rudr-sync' ), $name );
			return;
		}
		foreach ( array_keys( $this->defined ) as $other ) {
			if ( (string) $other !== $name && self::stored( $other ) === self::stored( $name ) ) {
				/* translators: 1: short name of a site, 2: short name of another site. */
				$this->problems[] = sprintf( __( 'The site "%1$s" is left out: to the database its name is the same as "%2$s". Give it another.', 'rudr-sync' ), $name, $other );
				return;
			}
		}
		$this->defined[ $name ] = $make;
	}

	/**
	 * What two names have in common that the tables take for one: their collation knows neither case nor accents.
	 *
	 * @param int|string $name Name of a site.
	 */
	private static function stored( int|string $name ): string {
		return rtrim( strtolower( remove_accents( (string) $name ) ) );
	}
}
