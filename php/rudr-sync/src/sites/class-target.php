<?php
/**
 * One site that users follow to.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A site's name, and how to get what the extension wants to be handed for it. Holds no secret itself.
 */
final class Target {

	/** Defined in the file that php.ini's `rudr_sync.sites` names. */
	public const FROM_FILE = 'file';

	/** Defined by the constant RUDR_SYNC_SITES. */
	public const FROM_CONSTANT = 'constant';

	/** Known from before, but nothing that can be read now defines it; there is no target of it. */
	public const UNDEFINED = 'undefined';

	/** The option of a definition that is the guard's, and not the extension's. */
	public const GUARD = 'guard';

	/** Kept in the table of sites; the only ones that wp-admin changes. */
	public const FROM_TABLE = 'table';

	/**
	 * A site.
	 *
	 * @param string   $name      Its short name.
	 * @param \Closure $open      Gives what the extension takes for the site.
	 * @param string   $from      Where it is defined: one of the constants above.
	 * @param string   $url       Its address, for people to read.
	 * @param string   $username  The account there that is used, for people to read.
	 * @param array    $options   Its options `concurrency`, `timeout` and `guard`, where its definition has them.
	 * @param string|null $digest Stands for the definition that is kept in the table of sites; null for others.
	 */
	public function __construct(
		public readonly string $name,
		private readonly \Closure $open,
		public readonly string $from,
		public readonly string $url,
		public readonly string $username,
		private readonly array $options = array(),
		public readonly ?string $digest = null
	) {
	}

	/**
	 * What the extension's functions take as `$site`.
	 *
	 * @return Site|string
	 * @throws \Throwable What the extension has against the definition.
	 */
	public function handle(): Site|string {
		return ( $this->open )();
	}

	/**
	 * Hands jobs to the extension.
	 *
	 * @param array<int, array<string, mixed>> $jobs The jobs.
	 * @param array<string, mixed>             $call What is so for this delivery only, in the extension's words.
	 * @return array<int, array<string, mixed>> The outcomes.
	 * @throws \Throwable What the extension has against the definition.
	 */
	public function deliver( #[\SensitiveParameter] array $jobs, array $call ): array {
		return rudr_sync_deliver( array_values( $jobs ), $this->handle(), $call );
	}

	/**
	 * Requests that may be under way to it at once, over all processes.
	 */
	public function concurrency(): int {
		return max( 1, (int) $this->option( 'concurrency', (float) ini_get( 'rudr_sync.concurrency' ) ) );
	}

	/**
	 * Seconds that one request may take.
	 */
	public function timeout(): float {
		return max( 1.0, $this->option( 'timeout', (float) ini_get( 'rudr_sync.timeout' ) ) );
	}

	/**
	 * How many destructive changes may be sent to it within an hour, by its own definition; 0: any number.
	 */
	public function guard(): ?int {
		$guard = $this->option( self::GUARD, -1.0 );
		return $guard < 0 ? null : (int) $guard;
	}

	/**
	 * A number among the options.
	 *
	 * @param string $name  Which.
	 * @param float  $usual Where the definition has none.
	 */
	private function option( string $name, float $usual ): float {
		return is_numeric( $this->options[ $name ] ?? null ) ? (float) $this->options[ $name ] : $usual;
	}
}
