<?php
/**
 * Applies the jobs of a request.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * One job after the other, in the order in which they came. One that fails does not stop the next, whatever a plugin does in
 * its hooks. At half the time limit it stops and asks for the rest again.
 */
final class Receiver_Batch {

	/**
	 * Outcomes so far.
	 *
	 * @var array<int, array<string, mixed>>
	 */
	private array $outcomes = array();

	/** By which the rows are claimed. */
	private readonly string $lease;

	/**
	 * A batch.
	 *
	 * @param Received_Request $request  The request.
	 * @param Received         $received Whose accounts came from where.
	 * @param Accounts         $accounts The accounts.
	 * @param Receive_Put      $put      Applies a put.
	 * @param Receive_Delete   $delete   Applies a delete.
	 * @param Silence          $silence  Who gets no mail meanwhile.
	 * @param Counted_Once     $counted  Counts users afterwards.
	 * @param Time_Left        $time     How long all that may take.
	 */
	private function __construct(
		private readonly Received_Request $request,
		private readonly Received $received,
		private readonly Accounts $accounts,
		private readonly Receive_Put $put,
		private readonly Receive_Delete $delete,
		private readonly Silence $silence,
		private readonly Counted_Once $counted,
		private readonly Time_Left $time
	) {
		$this->lease = bin2hex( random_bytes( 16 ) );
	}

	/**
	 * The batch of a request.
	 *
	 * @param Received_Request  $request  The request.
	 * @param Receiver_Settings $settings The rules.
	 */
	public static function of( Received_Request $request, Receiver_Settings $settings ): self {
		global $wpdb;
		Received::upgrade();
		$received = new Received( $wpdb );
		$accounts = new Accounts( $wpdb );
		$silence  = new Silence();
		$time     = Time_Left::of_request( $request->seconds );
		$row      = new Account_Row( $wpdb );
		$fields   = new Account_Fields( $wpdb, $row );
		$meta     = new Account_Meta( $settings );
		$roles    = new Account_Roles( $settings, $request );
		$in_step  = new In_Step( $request, $settings, $received, $accounts, $fields, $meta, $roles, new Hash_Kinds(), $silence );
		$maker    = new Account_Maker( $wpdb, $row );
		$new      = new Newcomers( $request, $received, $accounts, $maker, $fields, $silence, $time, $in_step );
		$put      = new Receive_Put( $request, $settings, $received, $accounts, $new, $in_step );
		$delete   = new Receive_Delete( $request, $settings, $received, $accounts, $silence );
		return new self( $request, $received, $accounts, $put, $delete, $silence, new Counted_Once(), $time );
	}

	/**
	 * Applies all jobs.
	 *
	 * @return array<int, array<string, mixed>> An outcome for each, in order.
	 */
	public function run(): array {
		global $wpdb;
		if ( method_exists( $wpdb, 'send_reads_to_masters' ) ) {
			// HyperDB and its kin: a replica that lags must not decide whether somebody is there.
			$wpdb->send_reads_to_masters();
		}
		$jobs  = $this->read();
		$rows  = $this->received->claim(
			$this->request->source,
			array_map( static fn( Received_Job $job ): int => $job->user_id, $jobs ),
			$this->lease,
			Time_Left::claim( $this->request->seconds )
		);
		$words = new Last_Words(
			function () use ( $jobs, $rows ): array {
				$this->received->release( $this->lease, $this->complete( $jobs, $rows ) );
				return $this->outcomes();
			}
		);
		$this->prepare( $jobs, $rows );
		$this->silence->begin();
		$this->counted->begin();
		try {
			foreach ( array_keys( $this->request->jobs ) as $number ) {
				if ( isset( $this->outcomes[ $number ] ) ) {
					continue;
				}
				$job = $jobs[ $number ];
				$row = $rows[ $job->user_id ] ?? null;
				if ( ! $row ) {
					$this->outcomes[ $number ] = Job_Outcome::retry( 'busy', 'Another request is at work on this user.', Time_Left::claim( $this->request->seconds ) );
				} elseif ( $number > 0 && $this->time->is_over() ) {
					$this->outcomes[ $number ] = Job_Outcome::retry( 'budget', 'There was no time left for this job.' );
				} else {
					// What is told if a plugin ends the request here.
					$this->outcomes[ $number ] = Job_Outcome::retry( 'fatal', 'The request ended while the job was applied, by an error in that site or one of its plugins.', 60 );
					$this->outcomes[ $number ] = $this->apply( $job, $row );
				}
			}
		} finally {
			$this->counted->end();
			$this->silence->end();
			$this->received->release( $this->lease, $this->complete( $jobs, $rows ) );
			$words->not_needed();
		}
		if ( 0 === wp_rand( 0, 199 ) ) {
			$this->received->tidy();
		}
		return $this->outcomes();
	}

	/**
	 * Applies a job.
	 *
	 * @param Received_Job $job The job.
	 * @param Received_Row $row Its row, claimed.
	 * @return array<string, mixed> The outcome.
	 */
	private function apply( Received_Job $job, Received_Row $row ): array {
		try {
			return $job->is_delete ? $this->delete->do( $job, $row ) : $this->put->do( $job, $row );
		} catch ( \Throwable $e ) {
			Log::thrown( $e );
			return Job_Outcome::retry( 'exception', 'A ' . get_class( $e ) . ' was thrown while the job was applied; that site\'s error log says more.', 60 );
		}
	}

	/**
	 * Reads the jobs; what cannot be read has its outcome at once.
	 *
	 * @return array<int, Received_Job> By their place in the request.
	 */
	private function read(): array {
		$jobs = array();
		$refs = array();
		foreach ( $this->request->jobs as $number => $sent ) {
			try {
				$job = Received_Job::read( $sent );
				$ref = wp_json_encode( $sent['ref'] ?? null );
				if ( isset( $sent['ref'] ) && isset( $refs[ $ref ] ) ) {
					throw new Bad_Job( 'ref', 'is that of another job in this request' );
				}
				$refs[ $ref ]    = true;
				$jobs[ $number ] = $job;
			} catch ( Bad_Job $e ) {
				$this->outcomes[ $number ] = Job_Outcome::rejected( 'invalid_job', $e->getMessage() );
			}
		}
		return $jobs;
	}

	/**
	 * Reads at once what the jobs will ask for one by one.
	 *
	 * @param array<int, Received_Job> $jobs The jobs.
	 * @param array<int, Received_Row> $rows Their rows, by the source's user id.
	 */
	private function prepare( array $jobs, array $rows ): void {
		$ids    = array();
		$logins = array();
		$emails = array();
		foreach ( $jobs as $job ) {
			$id = $rows[ $job->user_id ]->local_id ?? $job->remote_id;
			if ( null !== $id ) {
				$ids[] = $id;
			} else {
				$logins[] = $job->login;
				$emails[] = $job->texts['user_email'] ?? '';
			}
		}
		$this->accounts->read( array_unique( $ids ) );
		$this->accounts->look_for( $logins, $emails );
	}

	/**
	 * The accounts whose jobs have been through to the last step.
	 *
	 * @param array<int, Received_Job> $jobs The jobs.
	 * @param array<int, Received_Row> $rows Their rows.
	 * @return int[]
	 */
	private function complete( array $jobs, array $rows ): array {
		$ids = array();
		foreach ( $jobs as $number => $job ) {
			if ( in_array( $this->outcomes[ $number ]['status'] ?? '', array( 'created', 'updated', 'unchanged' ), true ) ) {
				$ids[] = (int) ( $rows[ $job->user_id ]->local_id ?? 0 );
			}
		}
		return array_filter( $ids );
	}

	/**
	 * An outcome for each job; also for those that were not begun.
	 *
	 * @return array<int, array<string, mixed>>
	 */
	private function outcomes(): array {
		$all = array();
		foreach ( $this->request->jobs as $number => $sent ) {
			$outcome = $this->outcomes[ $number ] ?? Job_Outcome::retry( 'fatal', 'The request ended before this job, by an error in that site or one of its plugins.' );
			$all[]   = $outcome + array( 'ref' => is_array( $sent ) ? $sent['ref'] ?? null : null );
		}
		return $all;
	}
}
