<?php
/**
 * The table of agents.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Prints who may write to this site.
 */
final class Agents_Table extends Plain_Table {

	/**
	 * Prints these.
	 *
	 * @param Agent_Line[] $agents The agents.
	 */
	public function __construct( array $agents ) {
		parent::__construct( 'rudr-sync-agents', $agents );
	}

	/**
	 * The columns.
	 *
	 * @return array<string, string>
	 */
	public function get_columns() {
		return array(
			'name'      => __( 'Agent', 'rudr-sync' ),
			'login'     => __( 'Username', 'rudr-sync' ),
			'source'    => __( 'Speaks for', 'rudr-sync' ),
			'last_used' => __( 'Last used', 'rudr-sync' ),
			'last_ip'   => __( 'From', 'rudr-sync' ),
		);
	}

	/**
	 * What stands there without agents.
	 */
	public function no_items(): void {
		esc_html_e( 'No other site may write here. Make an agent for the first.', 'rudr-sync' );
	}

	/**
	 * Its name.
	 *
	 * @param Agent_Line $agent The agent.
	 */
	protected function column_name( Agent_Line $agent ): string {
		$text = sprintf( '<strong>%s</strong>', esc_html( $agent->name ) );
		if ( ! $agent->ours ) {
			return $text . self::small( __( 'Not made here: the account was given the right to write here by other means, and so has each of its application passwords.', 'rudr-sync' ) );
		}
		/* translators: %s: a date. */
		return $text . ( null === $agent->created ? '' : self::small( sprintf( __( 'made on %s', 'rudr-sync' ), self::date( $agent->created ) ) ) );
	}

	/**
	 * What can be done with it.
	 *
	 * @param Agent_Line $agent   The agent.
	 * @param string     $column  Column.
	 * @param string     $primary The first column.
	 */
	protected function handle_row_actions( $agent, $column, $primary ): string {
		if ( $column !== $primary ) {
			return '';
		}
		$action = $agent->ours
			? sprintf(
				'<a href="%s" class="submitdelete">%s</a>',
				esc_url(
					Screen_Url::of(
						array(
							'part'  => Receiver_Screen::REVOKE,
							'agent' => $agent->id,
						)
					)
				),
				esc_html__( 'Revoke', 'rudr-sync' )
			)
			: sprintf( '<a href="%s">%s</a>', esc_url( get_edit_user_link( $agent->user_id ) ), esc_html__( 'See its profile', 'rudr-sync' ) );
		return $this->row_actions( array( $agent->ours ? 'delete' : 'edit' => $action ), true );
	}

	/**
	 * The account.
	 *
	 * @param Agent_Line $agent The agent.
	 */
	protected function column_login( Agent_Line $agent ): string {
		return esc_html( $agent->login );
	}

	/**
	 * The site that it speaks for.
	 *
	 * @param Agent_Line $agent The agent.
	 */
	protected function column_source( Agent_Line $agent ): string {
		return null === $agent->source
			? esc_html__( 'not used yet', 'rudr-sync' )
			: sprintf( '<code title="%s">%s</code>', esc_attr( $agent->source ), esc_html( Agent_Line::short( $agent->source ) ) );
	}

	/**
	 * When it was last used.
	 *
	 * @param Agent_Line $agent The agent.
	 */
	protected function column_last_used( Agent_Line $agent ): string {
		return esc_html( null === $agent->last_used ? __( 'never', 'rudr-sync' ) : self::date( $agent->last_used ) );
	}

	/**
	 * From where.
	 *
	 * @param Agent_Line $agent The agent.
	 */
	protected function column_last_ip( Agent_Line $agent ): string {
		return esc_html( $agent->last_ip ?? '—' );
	}

	/**
	 * A day: WordPress notes the use of an application password no closer.
	 *
	 * @param int $time Unix seconds.
	 */
	private static function date( int $time ): string {
		return (string) wp_date( (string) get_option( 'date_format' ), $time );
	}
}
