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

	/** Jobs that go after one another in a slot, at a site of php.ini's file. */
	private const TURNS = 5;

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
	 * @param array    $options   Its options `concurrency`, `timeout` and `budget`, where its definition has them.
	 */
	public function __construct(
		public readonly string $name,
		private readonly \Closure $open,
		public readonly string $from,
		public readonly string $url,
		public readonly string $username,
		private readonly array $options = array()
	) {
	}

	/**
	 * What the extension's functions take as `$site`.
	 *
	 * @param array<string, mixed> $limits Options `concurrency` and `budget` for one delivery.
	 * @return Site|string
	 * @throws \Throwable What the extension has against the definition.
	 */
	public function handle( array $limits = array() ): Site|string {
		return ( $this->open )( $limits );
	}

	/**
	 * Hands jobs to the extension.
	 *
	 * @param array<int, array<string, mixed>> $jobs    The jobs.
	 * @param int                              $slots   Requests that may be under way at once.
	 * @param float                            $seconds How long all of it may take.
	 * @return array<int, array<string, mixed>> The outcomes.
	 * @throws \Throwable What the extension has against the definition.
	 */
	public function deliver( #[\SensitiveParameter] array $jobs, int $slots, float $seconds ): array {
		$jobs = array_values( $jobs );
		$site = $this->handle(
			array(
				'concurrency' => $slots,
				'budget'      => min( $seconds, $this->option( 'budget', $seconds ) ),
			)
		);
		return $site instanceof Site ? rudr_sync_deliver( $jobs, $site ) : $this->deliver_by_name( $site, $jobs, $slots, $seconds );
	}

	/**
	 * Jobs that may be handed over at once. A site of php.ini's file knows no time for all of them, so they are few, and a lease
	 * that outlasts them need not be long; where the file itself says how many requests may be under way, they are as many.
	 *
	 * @param int $slots Requests that may be under way at once.
	 * @param int $all   How many there are.
	 */
	public function at_once( int $slots, int $all ): int {
		if ( self::FROM_FILE !== $this->from ) {
			return max( 1, $all );
		}
		return max( 1, isset( $this->options['concurrency'] ) ? $slots : self::TURNS * $slots );
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
	 * A site of php.ini's file is as the file says; what the file leaves open can be limited by php.ini's settings.
	 *
	 * @param string                           $name    Its name.
	 * @param array<int, array<string, mixed>> $jobs    The jobs.
	 * @param int                              $slots   Requests that may be under way at once.
	 * @param float                            $seconds How long all of it may take.
	 * @return array<int, array<string, mixed>> The outcomes.
	 * @throws \Throwable What the extension has against the definition.
	 */
	private function deliver_by_name( string $name, #[\SensitiveParameter] array $jobs, int $slots, float $seconds ): array {
		$settings = array(
			'rudr_sync.concurrency' => (string) $slots,
			'rudr_sync.timeout'     => sprintf( '%.3F', max( 0.1, min( $seconds, $this->timeout() ) ) ),
		);
		$before   = array();
		foreach ( $settings as $setting => $value ) {
			$before[ $setting ] = ini_set( $setting, $value ); // phpcs:ignore WordPress.PHP.IniSet -- our own setting, for this call.
		}
		try {
			return rudr_sync_deliver( $jobs, $name );
		} finally {
			foreach ( array_filter( $before, 'is_string' ) as $setting => $value ) {
				ini_set( $setting, $value ); // phpcs:ignore WordPress.PHP.IniSet -- as it was.
			}
		}
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
