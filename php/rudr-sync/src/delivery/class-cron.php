<?php
/**
 * Delivery by WP-Cron.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Each minute, and soon after a change that was not delivered at once: finds who was missed, and delivers what is due, unless
 * a worker does.
 */
final class Cron {

	/** The event of each minute. */
	public const SWEEP = 'rudr_sync_sweep';

	/** The event soon after a change. */
	public const SOON = 'rudr_sync_soon';

	/** The name of the interval. */
	private const EACH_MINUTE = 'rudr_sync_each_minute';

	/** Seconds that one run may take. */
	private const BUDGET = 40.0;

	/** Seconds beyond them for what is under way then, at all sites together. */
	private const GRACE = 10.0;

	/** Seconds beyond them until a run that was killed counts as gone. */
	private const MARGIN = 30;

	/**
	 * What it runs.
	 *
	 * @param Sites     $sites    The sites.
	 * @param Site_Rows $rows     How they do.
	 * @param Sweep     $sweep    Finds who was missed.
	 * @param Delivery  $delivery Delivers.
	 */
	public function __construct(
		private readonly Sites $sites,
		private readonly Site_Rows $rows,
		private readonly Sweep $sweep,
		private readonly Delivery $delivery
	) {
	}

	/**
	 * Attaches it.
	 *
	 * @param \Closure $run Runs it.
	 */
	public static function attach( \Closure $run ): void {
		add_filter( 'cron_schedules', array( self::class, 'with_minute' ) ); // phpcs:ignore WordPress.WP.CronInterval.CronSchedulesInterval -- a user is to follow soon.
		// Each page comes here: what is loaded anyway mostly tells, without being taken apart.
		if ( ! str_contains( (string) ( wp_load_alloptions()['cron'] ?? '' ), self::SWEEP ) ) {
			add_action( 'init', array( self::class, 'plan' ) );
		}
		add_action( self::SWEEP, $run );
		add_action( self::SOON, $run );
	}

	/**
	 * Adds the interval.
	 *
	 * @param mixed $schedules The intervals that there are.
	 * @return mixed
	 */
	public static function with_minute( mixed $schedules ): mixed {
		if ( is_array( $schedules ) ) {
			$schedules[ self::EACH_MINUTE ] = array(
				'interval' => MINUTE_IN_SECONDS,
				'display'  => __( 'Each minute (Rudr Sync)', 'rudr-sync' ),
			);
		}
		return $schedules;
	}

	/**
	 * Plans the run of each minute, if it is not.
	 */
	public static function plan(): void {
		if ( is_main_site() && ! wp_next_scheduled( self::SWEEP ) ) {
			wp_schedule_event( time(), self::EACH_MINUTE, self::SWEEP );
		}
	}

	/**
	 * Plans a run for as soon as WP-Cron is looked at.
	 */
	public static function soon(): void {
		if ( ! wp_next_scheduled( self::SOON ) ) {
			wp_schedule_single_event( time(), self::SOON );
		}
	}

	/**
	 * Forgets all plans.
	 */
	public static function forget(): void {
		wp_clear_scheduled_hook( self::SWEEP );
		wp_clear_scheduled_hook( self::SOON );
	}

	/**
	 * Sweeps, and delivers what is due. Each site has its share of the time, so that one that hangs does not hold up others.
	 */
	public function run(): void {
		// Other plugins' events come before this one, in the same process.
		Open_Transaction::end();
		$targets = $this->sites->all();
		$end     = microtime( true ) + self::BUDGET;
		foreach ( $targets as $target ) {
			try {
				$this->sweep->run( $target );
			} catch ( \Throwable $e ) {
				// It is swept next time.
				Log::thrown( $e );
			}
		}
		foreach ( array_values( $targets ) as $place => $target ) {
			$left = $end - microtime( true );
			try {
				if ( $left > 0 ) {
					$this->deliver( $target, $left / ( count( $targets ) - $place ), self::GRACE / count( $targets ) );
				}
			} catch ( \Throwable $e ) {
				// What is wrong with one site is no reason for the others to wait.
				Log::thrown( $e );
			}
		}
	}

	/**
	 * Delivers to a site, if nobody else does.
	 *
	 * @param Target $target  The site.
	 * @param float  $seconds How long it may take.
	 * @param float  $grace   Seconds beyond that for what is under way then.
	 */
	private function deliver( Target $target, float $seconds, float $grace ): void {
		$token = bin2hex( random_bytes( 16 ) );
		$row   = $this->rows->of( $target );
		if ( ! $row || $row->worked || ! $this->rows->take( $target->name, $token, (int) self::BUDGET + self::MARGIN, true ) ) {
			return;
		}
		$came = array();
		try {
			$came = $this->delivery->run_due( $target, $seconds, null, $grace );
		} finally {
			$answered = (bool) array_diff_key( $came, array( 'budget' => 0 ) );
			$this->rows->give_back( $target->name, $token, isset( $came['timeout'] ) || ( Site_Rows::SWEEPS_ONLY === $row->deliverer && ! $answered ) );
		}
	}
}
