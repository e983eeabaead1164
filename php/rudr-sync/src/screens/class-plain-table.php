<?php
/**
 * Tables with nothing to choose.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

require_once ABSPATH . 'wp-admin/includes/class-wp-list-table.php';

/**
 * A list as core prints its lists, but in one piece: there is nothing to choose or to page through.
 */
abstract class Plain_Table extends \WP_List_Table {

	/**
	 * A table of these.
	 *
	 * @param string   $plural What it is a table of, in small letters.
	 * @param object[] $rows   The rows.
	 */
	public function __construct( string $plural, private readonly array $rows ) {
		parent::__construct(
			array(
				'singular' => $plural . '-row',
				'plural'   => $plural,
				// Its own, since there are several tables on a page and columns belong to a screen.
				'screen'   => $plural,
			)
		);
	}

	/**
	 * Takes the rows.
	 */
	public function prepare_items(): void {
		$columns               = $this->get_columns();
		$this->_column_headers = array( $columns, array(), array(), (string) array_key_first( $columns ) );
		$this->items           = array_values( $this->rows );
	}

	/**
	 * A row. On a narrow screen it shows all it has: these few words are what one comes for.
	 *
	 * @param object $item The row.
	 */
	public function single_row( $item ): void {
		echo '<tr class="is-expanded">';
		$this->single_row_columns( $item );
		echo '</tr>';
	}

	/**
	 * Prints it. Without the controls that core prints above and below; with columns as wide as what is in them; and without
	 * core's ids, which another table of the page has.
	 */
	public function display(): void {
		printf( '<table class="wp-list-table widefat striped %s"><thead><tr>', esc_attr( $this->_args['plural'] ) );
		$this->print_column_headers( false );
		echo '</tr></thead><tbody>';
		$this->display_rows_or_placeholder();
		echo '</tbody></table>';
	}

	/**
	 * A remark below what a cell says.
	 *
	 * @param string $text The remark.
	 */
	protected static function small( string $text ): string {
		return sprintf( '<br><span class="description">%s</span>', esc_html( $text ) );
	}
}
