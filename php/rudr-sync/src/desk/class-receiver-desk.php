<?php
/**
 * What a person sees and orders of the receiver, put together.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * The Desk's part for this site as a receiver: who may write here, by which rules, and who is suspended.
 */
final class Receiver_Desk {

	/** Who may write here. */
	public readonly Agent_List $agents;

	/** Lets sites in and out. */
	public readonly Agent_Command $agent;

	/** By which rules. */
	public readonly Receiver_Rules $rules;

	/** Who is suspended. */
	public readonly Suspended_List $suspended;

	/**
	 * Puts it together.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( \wpdb $db ) {
		$this->agents    = new Agent_List();
		$this->agent     = new Agent_Command( $this->agents );
		$this->rules     = new Receiver_Rules( new Receiver_Settings() );
		$this->suspended = new Suspended_List( $db );
	}
}
