<?php
/**
 * What the plugin is made of.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The parts that mark and deliver, and who knows whom. Each is made when it is first asked for: a page that changes nobody loads
 * none of them, and one that does loads before the response only what marks.
 *
 * @property-read Marks             $marks             Marks links.
 * @property-read Links             $links             The links.
 * @property-read Link_Orders       $orders            What a person wants of links.
 * @property-read Arrivals          $arrivals          What came from sites that are followed to.
 * @property-read Waiting_Passwords $waiting_passwords Passwords that wait in them.
 * @property-read Primary           $primary           Users as they are now.
 * @property-read Sites             $sites             The sites.
 * @property-read Site_Rows         $rows              How they do.
 * @property-read Identity          $identity          Which install this is.
 * @property-read Changes           $changes           Who changed in this request.
 * @property-read Passwords         $passwords         Which passwords were seen in it.
 * @property-read Password_Seal     $seal              Keeps them.
 * @property-read Proofs            $proofs            Who proved their address in it.
 * @property-read Request_End       $request_end       Settles a request.
 * @property-read After_Response    $after_response    Delivers when the visitor has the answer.
 * @property-read Batch             $batch             Delivers one batch.
 * @property-read Delivery          $delivery          Delivers batch after batch.
 * @property-read Sweep             $sweep             Finds who was missed.
 * @property-read Cron              $cron              Delivers by WP-Cron.
 */
final class Parts {

	/** What a request has seen, and with which its end has to do. */
	private const OF_A_REQUEST = array( 'changes', 'passwords', 'proofs' );

	/**
	 * Those that have been asked for.
	 *
	 * @var array<string, object>
	 */
	private array $made = array();

	/**
	 * Parts for this database.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
	}

	/**
	 * A part.
	 *
	 * @param string $name Its name.
	 */
	public function __get( string $name ): object {
		if ( ! isset( $this->made[ $name ] ) ) {
			$this->made[ $name ] = $this->make( $name );
			if ( in_array( $name, self::OF_A_REQUEST, true ) ) {
				$this->request_end->attach();
			}
		}
		return $this->made[ $name ];
	}

	/**
	 * A worker, for `wp rudr-sync work`.
	 */
	public function worker(): Worker {
		return new Worker( $this->db, $this->sites, $this->rows, $this->links, $this->sweep, $this->delivery, $this->request_end, new Code(), new Activation( $this->db ) );
	}

	/**
	 * Makes a part.
	 *
	 * @param string $name Its name.
	 */
	private function make( string $name ): object {
		return match ( $name ) {
			'marks'             => new Marks( $this->db ),
			'links'             => new Links( $this->db ),
			'orders'            => new Link_Orders( $this->db ),
			'arrivals'          => new Arrivals( $this->db ),
			'waiting_passwords' => new Waiting_Passwords( $this->db ),
			'primary'           => new Primary( $this->db ),
			'sites'             => new Sites(),
			'rows'              => new Site_Rows( $this->db ),
			'identity'          => new Identity( $this->links, $this->rows ),
			'changes'           => new Changes( $this->marks, $this->sites, fn() => $this->request_end->settle() ),
			'passwords'         => new Passwords( $this->primary ),
			'seal'              => new Password_Seal( $this->waiting_passwords, $this->sites, $this->rows, $this->passwords, $this->primary ),
			'proofs'            => new Proofs( $this->primary ),
			'request_end'       => new Request_End( $this ),
			'after_response'    => new After_Response( $this->sites, $this->rows, $this->delivery ),
			'batch'             => new Batch( $this->links, new Snapshot( $this->primary ), new Jobs( $this->links, $this->passwords ), new Write_Back( $this->links ), $this->rows, $this->identity, new Guard( new Guard_Count( $this->db, $this->rows ), new Guard_Limit( $this->links ) ) ),
			'delivery'          => new Delivery( $this->batch, $this->links, $this->rows, new Slots( $this->db, $this->rows ), $this->identity, new Probe(), $this->arrivals ),
			'sweep'             => new Sweep( $this->db, $this->marks, $this->rows, $this->waiting_passwords ),
			'cron'              => new Cron( $this->sites, $this->rows, $this->sweep, $this->delivery ),
		};
	}
}
