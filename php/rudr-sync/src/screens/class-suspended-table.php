<?php
/**
 * The table of suspended accounts.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

require_once ABSPATH . 'wp-admin/includes/class-wp-list-table.php';

/**
 * Prints whom another site has removed and this one has suspended.
 */
final class Suspended_Table extends \WP_List_Table {

	/** Accounts on a page. */
	private const ON_PAGE = 20;

	/**
	 * Prints these.
	 *
	 * @param Suspended_List        $list  The accounts.
	 * @param array<string, string> $names What the agents are called, by the site that they speak for.
	 */
	public function __construct( private readonly Suspended_List $list, private readonly array $names ) {
		parent::__construct(
			array(
				'singular' => 'rudr-sync-suspended-row',
				'plural'   => 'rudr-sync-suspended',
				'screen'   => 'rudr-sync-suspended',
			)
		);
	}

	/**
	 * The columns.
	 *
	 * @return array<string, string>
	 */
	public function get_columns() {
		return array(
			'login'  => __( 'Account', 'rudr-sync' ),
			'roles'  => __( 'Roles that it had', 'rudr-sync' ),
			'since'  => __( 'Suspended', 'rudr-sync' ),
			'source' => __( 'By', 'rudr-sync' ),
		);
	}

	/**
	 * Reads the page.
	 */
	public function prepare_items(): void {
		$this->_column_headers = array( $this->get_columns(), array(), array(), 'login' );

		$total       = $this->list->count();
		$page        = min( $this->get_pagenum(), (int) max( 1, ceil( $total / self::ON_PAGE ) ) );
		$this->items = $this->list->lines( self::ON_PAGE, ( $page - 1 ) * self::ON_PAGE );
		$this->set_pagination_args(
			array(
				'total_items' => $total,
				'per_page'    => self::ON_PAGE,
			)
		);
	}

	/**
	 * What stands there without any.
	 */
	public function no_items(): void {
		esc_html_e( 'No account is suspended.', 'rudr-sync' );
	}

	/**
	 * A row. On a narrow screen it shows all it has.
	 *
	 * @param Suspended_Line $item The account.
	 */
	public function single_row( $item ): void {
		echo '<tr class="is-expanded">';
		$this->single_row_columns( $item );
		echo '</tr>';
	}

	/**
	 * The account.
	 *
	 * @param Suspended_Line $line The account.
	 */
	protected function column_login( Suspended_Line $line ): string {
		return sprintf( '<strong><a href="%s">%s</a></strong>', esc_url( get_edit_user_link( $line->user_id ) ), esc_html( $line->login ) );
	}

	/**
	 * The roles that it is to have again.
	 *
	 * @param Suspended_Line $line The account.
	 */
	protected function column_roles( Suspended_Line $line ): string {
		$names = wp_roles()->get_names();
		return esc_html( implode( ', ', array_map( static fn( string $role ): string => isset( $names[ $role ] ) ? translate_user_role( $names[ $role ] ) : $role, $line->roles ) ) ?: '—' );
	}

	/**
	 * Since when.
	 *
	 * @param Suspended_Line $line The account.
	 */
	protected function column_since( Suspended_Line $line ): string {
		return esc_html( null === $line->since ? '—' : Ago::of( $line->since ) );
	}

	/**
	 * Which site wanted it gone.
	 *
	 * @param Suspended_Line $line The account.
	 */
	protected function column_source( Suspended_Line $line ): string {
		if ( null === $line->source ) {
			return '—';
		}
		return trim( sprintf( '%s <code title="%s">%s</code>', esc_html( $this->names[ $line->source ] ?? '' ), esc_attr( $line->source ), esc_html( Agent_Line::short( $line->source ) ) ) );
	}

	/**
	 * What can be done with it.
	 *
	 * @param Suspended_Line $line    The account.
	 * @param string         $column  Column.
	 * @param string         $primary The first column.
	 */
	protected function handle_row_actions( $line, $column, $primary ): string {
		if ( $column !== $primary ) {
			return '';
		}
		$button = sprintf(
			'<button type="submit" class="button-link" name="lift" value="%d" title="%s">%s</button>',
			$line->user_id,
			esc_attr__( 'The account has its roles again, and its password works', 'rudr-sync' ),
			esc_html__( 'Lift', 'rudr-sync' )
		);
		return $this->row_actions( array( 'lift' => $button ), true );
	}
}
