<?php
/**
 * The table of users who are not in step.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

require_once ABSPATH . 'wp-admin/includes/class-wp-list-table.php';

/**
 * Prints who is not in step, why, and what can be done about it.
 */
final class Users_Table extends \WP_List_Table {

	/** Users on a page. */
	public const ON_PAGE = 20;

	/** Separates site, user and what was shown of them in what a form sends; no name of a site has it. */
	public const SEPARATOR = '|';

	/** Kinds that are named only where there is somebody. */
	private const RARE = array( Link_Report::HELD, Link_Report::DISCARDED );

	/** Which users are shown. */
	private readonly string $kind;

	/** Of this site only. */
	private readonly ?string $site;

	/**
	 * Prints these.
	 *
	 * @param Link_Report $report    The users.
	 * @param string[]    $sites     Names of all sites.
	 * @param string[]    $left_over Those of them that nothing defines any more: of their users one can only be rid.
	 */
	public function __construct( private readonly Link_Report $report, private readonly array $sites, private readonly array $left_over ) {
		parent::__construct(
			array(
				'singular' => 'rudr-sync-user',
				'plural'   => 'rudr-sync-users',
				'screen'   => 'rudr-sync-users',
			)
		);
		// phpcs:disable WordPress.Security.NonceVerification.Recommended -- these only say what to show.
		$kind       = isset( $_GET['show'] ) ? sanitize_key( wp_unslash( $_GET['show'] ) ) : '';
		$site       = isset( $_GET['of'] ) ? sanitize_text_field( wp_unslash( $_GET['of'] ) ) : '';
		$this->kind = isset( self::kinds()[ $kind ] ) ? $kind : Link_Report::NEEDING;
		$this->site = in_array( $site, $sites, true ) ? $site : null;
		// phpcs:enable
	}

	/**
	 * The columns.
	 *
	 * @return array<string, string>
	 */
	public function get_columns() {
		return array(
			'cb'           => '<input type="checkbox">',
			'user'         => __( 'User', 'rudr-sync' ),
			'site'         => __( 'Site', 'rudr-sync' ),
			'why'          => __( 'Why, and what to do', 'rudr-sync' ),
			'last_in_step' => __( 'Last in step', 'rudr-sync' ),
		);
	}

	/**
	 * Reads the page.
	 */
	public function prepare_items(): void {
		$this->_column_headers = array( $this->get_columns(), array(), array(), 'user' );

		$total       = $this->report->count( $this->kind, $this->site );
		$pages       = (int) max( 1, ceil( $total / self::ON_PAGE ) );
		$page        = min( $this->get_pagenum(), $pages );
		$this->items = $this->report->lines( $this->kind, $this->site, self::ON_PAGE, ( $page - 1 ) * self::ON_PAGE );
		$this->set_pagination_args(
			array(
				'total_items' => $total,
				'per_page'    => self::ON_PAGE,
			)
		);
	}

	/**
	 * What stands there if nobody is to be shown.
	 */
	public function no_items(): void {
		echo esc_html(
			match ( $this->kind ) {
				Link_Report::RETRYING => __( 'Nobody is being retried.', 'rudr-sync' ),
				Link_Report::WAITING => __( 'Nobody is waiting.', 'rudr-sync' ),
				Link_Report::UNLINKED => __( 'Nobody is unlinked.', 'rudr-sync' ),
				Link_Report::HELD => __( 'Nothing is held.', 'rudr-sync' ),
				Link_Report::DISCARDED => __( 'Nothing was discarded.', 'rudr-sync' ),
				default => __( 'Nobody needs you.', 'rudr-sync' ),
			}
		);
	}

	/**
	 * Fields that say where in the list one was, so that one comes back there.
	 */
	public function keep_place(): void {
		printf( '<input type="hidden" name="show" value="%s">', esc_attr( $this->kind ) );
		printf( '<input type="hidden" name="of" value="%s">', esc_attr( (string) $this->site ) );
	}

	/**
	 * The kinds, with their numbers.
	 *
	 * @return array<string, string>
	 */
	protected function get_views() {
		$views = array();
		foreach ( self::kinds() as $kind => $label ) {
			$count = $this->report->count( $kind, $this->site );
			if ( 0 === $count && $kind !== $this->kind && in_array( $kind, self::RARE, true ) ) {
				continue;
			}
			$args           = array( 'show' => $kind ) + ( null === $this->site ? array() : array( 'of' => $this->site ) );
			$views[ $kind ] = sprintf(
				'<a href="%s"%s>%s <span class="count">(%s)</span></a>',
				esc_url( Screen_Url::of( $args ) . '#users' ),
				$kind === $this->kind ? ' class="current" aria-current="page"' : '',
				esc_html( $label ),
				esc_html( number_format_i18n( $count ) )
			);
		}
		if ( null !== $this->site && count( $this->sites ) > 1 ) {
			$views['all'] = sprintf(
				'<a href="%s">%s</a>',
				esc_url( Screen_Url::of( array( 'show' => $this->kind ) ) . '#users' ),
				/* translators: %s: short name of a site. */
				esc_html( sprintf( __( 'Only %s: show all sites', 'rudr-sync' ), $this->site ) )
			);
		}
		return $views;
	}

	/**
	 * A row. On a narrow screen it shows all it has: the reason is what one comes for.
	 *
	 * @param Link_Line $item The link.
	 */
	public function single_row( $item ): void {
		echo '<tr class="is-expanded">';
		$this->single_row_columns( $item );
		echo '</tr>';
	}

	/**
	 * What can be done with several. Not core's list of bulk actions: its field has the name that admin-post.php needs.
	 *
	 * @param string $which 'top' or 'bottom'.
	 */
	protected function extra_tablenav( $which ): void {
		if ( ! $this->items ) {
			return;
		}
		// Core shows the upper one on wide screens only. The buttons say which of the two is meant.
		$field = 'rudr-sync-bulk-' . $which;
		echo '<div class="alignleft actions bulkactions">';
		printf( '<label for="%s" class="screen-reader-text">%s</label>', esc_attr( $field ), esc_html__( 'Select bulk action', 'rudr-sync' ) );
		printf( '<select name="bulk_%s" id="%s"><option value="">%s</option>', esc_attr( $which ), esc_attr( $field ), esc_html__( 'Bulk actions', 'rudr-sync' ) );
		foreach ( $this->bulk() as $value => $label ) {
			printf( '<option value="%s">%s</option>', esc_attr( $value ), esc_html( $label ) );
		}
		printf( '</select> <button type="submit" class="button action" name="apply" value="%s">%s</button></div>', esc_attr( $which ), esc_html__( 'Apply', 'rudr-sync' ) );
		if ( in_array( $this->kind, array( Link_Report::NEEDING, Link_Report::RETRYING ), true ) && $this->get_pagination_arg( 'total_pages' ) > 1 ) {
			printf(
				'<div class="alignleft actions"><button type="submit" class="button" name="retry_all" value="1">%s</button></div>',
				esc_html__( 'Retry all pages', 'rudr-sync' )
			);
		}
	}

	/**
	 * What can be done with several, and what it is called.
	 *
	 * @return array<string, string>
	 */
	private function bulk(): array {
		if ( Link_Report::HELD === $this->kind ) {
			return self::of_held();
		}
		$bulk = array( 'retry' => Link_Report::UNLINKED === $this->kind ? __( 'Follow again', 'rudr-sync' ) : __( 'Retry', 'rudr-sync' ) );
		if ( in_array( $this->kind, array( Link_Report::NEEDING, Link_Report::UNLINKED ), true ) ) {
			$bulk['confirm'] = __( 'Confirm', 'rudr-sync' );
		}
		return $bulk;
	}

	/**
	 * What can be done with what is held, and what it is called.
	 *
	 * @return array<string, string>
	 */
	private static function of_held(): array {
		return array(
			Sync_Actions::OF_HELD . Held_Command::CONFIRM => __( 'Confirm', 'rudr-sync' ),
			Sync_Actions::OF_HELD . Held_Command::DISCARD => __( 'Discard', 'rudr-sync' ),
		);
	}

	/**
	 * The box to choose a user.
	 *
	 * @param Link_Line $line The link.
	 */
	protected function column_cb( $line ): string {
		$id = 'rudr-sync-' . md5( self::value( $line ) );
		return sprintf(
			'<label class="screen-reader-text" for="%1$s">%2$s</label><input type="checkbox" id="%1$s" name="links[]" value="%3$s">',
			esc_attr( $id ),
			/* translators: %s: login of a user. */
			esc_html( sprintf( __( 'Select %s', 'rudr-sync' ), $line->name() ) ),
			esc_attr( self::value( $line ) )
		);
	}

	/**
	 * The user.
	 *
	 * @param Link_Line $line The link.
	 */
	protected function column_user( Link_Line $line ): string {
		if ( $line->missing ) {
			return sprintf(
				'<strong>%s</strong><br><span class="description">%s</span>',
				esc_html( $line->name() ),
				$line->removed ? esc_html__( 'removed here', 'rudr-sync' ) : esc_html__( 'no longer here', 'rudr-sync' )
			);
		}
		$user = sprintf( '<strong><a href="%s">%s</a></strong>', esc_url( get_edit_user_link( $line->user_id ) ), esc_html( $line->name() ) );
		return $line->can_be_confirmed() ? $user . sprintf( '<br><span class="description">%s</span>', esc_html( (string) $line->email ) ) : $user;
	}

	/**
	 * The site, and the account there.
	 *
	 * @param Link_Line $line The link.
	 */
	protected function column_site( Link_Line $line ): string {
		$text = esc_html( $line->site );
		if ( null !== $line->remote_id ) {
			/* translators: 1: id of an account, 2: its login. */
			$text .= sprintf( '<br><span class="description">%s</span>', esc_html( trim( sprintf( __( 'account %1$d %2$s', 'rudr-sync' ), $line->remote_id, (string) $line->remote_login ) ) ) );
		}
		return $text;
	}

	/**
	 * Why, and what to do.
	 *
	 * @param Link_Line $line The link.
	 */
	protected function column_why( Link_Line $line ): string {
		$text = esc_html( Advice::words( $line ) );
		if ( null !== $line->code ) {
			$text .= sprintf( ' <code>%s</code>', esc_html( $line->code ) );
		}
		$more = array();
		if ( Link_Report::RETRYING === $this->kind && null !== $line->due ) {
			$more[] = $line->due > 0
				/* translators: %s: a time span such as "5 mins". */
				? sprintf( __( 'Next try in %s.', 'rudr-sync' ), Ago::span( $line->due ) )
				: __( 'Next try: as soon as possible.', 'rudr-sync' );
		}
		if ( $line->attempts > 1 ) {
			/* translators: %s: a number. */
			$more[] = sprintf( _n( 'Tried %s time.', 'Tried %s times.', $line->attempts, 'rudr-sync' ), number_format_i18n( $line->attempts ) );
		}
		if ( Link_Report::WAITING === $this->kind ) {
			$more[] = null !== $line->due && $line->due > 0
				? __( 'Being changed just now.', 'rudr-sync' )
				: __( 'Changed; not sent yet.', 'rudr-sync' );
		}
		return $text . ( $more ? ( '' === $text ? '' : '<br>' ) . sprintf( '<span class="description">%s</span>', esc_html( implode( ' ', $more ) ) ) : '' );
	}

	/**
	 * When they were in step.
	 *
	 * @param Link_Line $line The link.
	 */
	protected function column_last_in_step( Link_Line $line ): string {
		return esc_html( null === $line->last_success ? __( 'never', 'rudr-sync' ) : Ago::of( $line->last_success ) );
	}

	/**
	 * What can be done with one.
	 *
	 * @param Link_Line $line    The link.
	 * @param string    $column  Column.
	 * @param string    $primary The first column.
	 */
	protected function handle_row_actions( $line, $column, $primary ): string {
		if ( $column !== $primary ) {
			return '';
		}
		$button  = static fn( string $name, string $label, string $about, string $css = '' ): string => sprintf(
			'<button type="submit" class="button-link %s" name="%s" value="%s" title="%s">%s</button>',
			esc_attr( $css ),
			esc_attr( $name ),
			esc_attr( self::value( $line ) ),
			esc_attr( $about ),
			esc_html( $label )
		);
		$actions = in_array( $line->site, $this->left_over, true ) ? array() : self::deliverable( $line, $button );
		if ( Link_Line::UNLINKED !== $line->code ) {
			$actions['delete'] = $button( 'unlink', __( 'Unlink', 'rudr-sync' ), __( 'Forget this user\'s account there; the account stays as it is', 'rudr-sync' ), 'rudr-sync-delete' );
		}
		return $this->row_actions( $actions, true );
	}

	/**
	 * What can be done with one by delivering something.
	 *
	 * @param Link_Line                                 $line   The link.
	 * @param \Closure(string, string, string): string $button Makes a button.
	 * @return array<string, string>
	 */
	private static function deliverable( Link_Line $line, \Closure $button ): array {
		$actions = array();
		if ( Links::HELD === $line->code ) {
			[ $confirm, $discard ] = array_keys( self::of_held() );
			$actions[ $confirm ]   = $button( $confirm, __( 'Confirm', 'rudr-sync' ), __( 'It is meant: send it', 'rudr-sync' ) );
			$actions[ $discard ]   = $button( $discard, __( 'Discard', 'rudr-sync' ), __( 'It was a mistake: the account there stays as it is', 'rudr-sync' ) );
		} elseif ( Link_Line::UNLINKED === $line->code ) {
			$actions['retry'] = $button( 'retry', __( 'Follow again', 'rudr-sync' ), __( 'Look for this user\'s account there, or make one, by the rules', 'rudr-sync' ) );
		} elseif ( ! $line->in_step ) {
			// What a site would not take of somebody who is in step goes again when it changes.
			$actions['retry'] = $button( 'retry', __( 'Retry', 'rudr-sync' ), __( 'Try again now', 'rudr-sync' ) );
		}
		if ( $line->can_be_confirmed() ) {
			$actions['confirm'] = $button( 'confirm', __( 'Confirm', 'rudr-sync' ), __( 'The account with this address there is this user\'s', 'rudr-sync' ) );
		}
		return $actions;
	}

	/**
	 * What a form sends for a link; with what of its user is shown, where a person is to say something of that.
	 *
	 * @param Link_Line $line The link.
	 */
	private static function value( Link_Line $line ): string {
		$value = $line->site . self::SEPARATOR . $line->user_id;
		return $line->can_be_confirmed() ? $value . self::SEPARATOR . Confirmation::of( $line->user_id, (string) $line->email ) : $value;
	}

	/**
	 * What is shown, and what it is called.
	 *
	 * @return array<string, string>
	 */
	private static function kinds(): array {
		return array(
			Link_Report::NEEDING  => __( 'Need you', 'rudr-sync' ),
			Link_Report::RETRYING => __( 'Retrying', 'rudr-sync' ),
			Link_Report::WAITING  => __( 'Waiting', 'rudr-sync' ),
			Link_Report::UNLINKED => __( 'Unlinked', 'rudr-sync' ),
			Link_Report::HELD => __( 'Held', 'rudr-sync' ),
			Link_Report::DISCARDED => __( 'Left as they are', 'rudr-sync' ),
		);
	}
}
