<?php
/**
 * The guard against accidents.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Whoever removes a thousand users by mistake, or loses all roles to another plugin, finds most of the accounts elsewhere as they
 * were: more destructive changes at a site within an hour than its limit are held until an administrator confirms them.
 *
 * Which change is destructive the extension judges, since it knows what the site holds. So all jobs are handed over first as if
 * nothing destructive were allowed. What it holds back then, without asking the site, is counted, and as many as are left of the
 * hour are handed over again. A delivery without any costs nothing more, and the limit is kept to the number, whatever processes
 * are at it.
 *
 * Who is held stays so, whatever else changes of them: nothing of them goes until an administrator confirms or discards. Only
 * where what they have now would destroy nothing (they got their roles back) do they follow again by themselves.
 */
final class Guard {

	/** Seconds until a change that could not be counted is tried again. */
	private const NOT_COUNTED = 60;

	/**
	 * Guards by these.
	 *
	 * @param Guard_Count $count How many there were.
	 * @param Guard_Limit $limit How many there may be.
	 */
	public function __construct( private readonly Guard_Count $count, private readonly Guard_Limit $limit ) {
	}

	/**
	 * Hands jobs over.
	 *
	 * @param Target                           $target The site.
	 * @param array<int, Link>                 $links  The links, by user id.
	 * @param array<int, array<string, mixed>> $jobs   The jobs, by user id.
	 * @param \Closure                         $send   Is given jobs and how many of them may be destructive (null: any number), gives outcomes; never
	 *                                                 throws.
	 * @return array<int, array<string, mixed>> The outcomes.
	 */
	public function deliver( Target $target, array $links, #[\SensitiveParameter] array $jobs, \Closure $send ): array {
		$outcomes = array_column( $send( $jobs, 0 ), null, 'ref' );
		$stopped  = array_filter( $outcomes, array( self::class, 'is_held' ) );
		if ( ! $stopped ) {
			return array_values( $outcomes );
		}
		if ( null === $this->limit->of( $target, 0 ) ) {
			return array_values( array_replace( $outcomes, array_column( $send( array_intersect_key( $jobs, $stopped ), null ), null, 'ref' ) ) );
		}
		$new = array_filter( $stopped, static fn( array $outcome ): bool => ! $links[ $outcome['ref'] ]->is_held() );
		if ( $new ) {
			// Whoever does not answer the others is not asked for these.
			$trouble  = array_filter( $outcomes, static fn( array $outcome ): bool => 'site' === ( $outcome['scope'] ?? 'job' ) );
			$again    = $trouble ? self::wait_as( reset( $trouble ), $new ) : $this->send_some( $target, array_intersect_key( $jobs, $new ), $new, $send );
			$outcomes = array_replace( $outcomes, $again );
		}
		return array_values( $outcomes );
	}

	/**
	 * Hands over as many of these as may still be.
	 *
	 * @param Target                           $target  The site.
	 * @param array<int, array<string, mixed>> $jobs    Jobs, by user id; each is destructive.
	 * @param array<int, array<string, mixed>> $stopped Their outcomes until now.
	 * @param \Closure                         $send    Sends.
	 * @return array<int, array<string, mixed>> The outcomes of these, by user id.
	 */
	private function send_some( Target $target, #[\SensitiveParameter] array $jobs, array $stopped, \Closure $send ): array {
		try {
			$taken = $this->count->take( $target->name, count( $jobs ), fn( int $number ): int => $this->limit->of( $target, $number ) ?? $number );
		} catch ( Database_Error $e ) {
			Log::thrown( $e );
			return self::wait_as( self::not_counted(), $stopped );
		}
		if ( 0 === $taken['number'] ) {
			return array();
		}
		$outcomes = array_column( $send( array_slice( $jobs, 0, $taken['number'], true ), $taken['number'] ), null, 'ref' );
		$this->count->give_back( $target->name, $taken['number'] - count( array_filter( $outcomes, array( self::class, 'is_made' ) ) ), $taken['since'] );
		return $outcomes;
	}

	/**
	 * Whether the extension held a job back.
	 *
	 * @param array<string, mixed> $outcome The outcome.
	 */
	private static function is_held( array $outcome ): bool {
		return Links::HELD === ( $outcome['code'] ?? null );
	}

	/**
	 * Whether something destructive was sent, or may have been.
	 *
	 * @param array<string, mixed> $outcome The outcome.
	 */
	private static function is_made( array $outcome ): bool {
		return ! self::is_held( $outcome ) && ( $outcome['destructive'] ?? 'now' === $outcome['doubt'] );
	}

	/**
	 * These are neither sent nor held now, for the same reason as another.
	 *
	 * @param array<string, mixed>             $why     The other's outcome.
	 * @param array<int, array<string, mixed>> $stopped Their outcomes until now.
	 * @return array<int, array<string, mixed>>
	 */
	private static function wait_as( array $why, array $stopped ): array {
		$why = array( 'destructive' => false ) + array_intersect_key( $why, array_flip( array( 'status', 'scope', 'code', 'message', 'due' ) ) );
		return array_map( static fn( array $outcome ): array => $why + $outcome, $stopped );
	}

	/**
	 * The outcome of what the database would not count.
	 *
	 * @return array<string, mixed>
	 */
	private static function not_counted(): array {
		return array(
			'code'    => 'not_counted',
			'message' => __( 'Whether this is one of too many such changes could not be counted in the database. It is tried again.', 'rudr-sync' ),
			'due'     => self::NOT_COUNTED,
		);
	}
}
