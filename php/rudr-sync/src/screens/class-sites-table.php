<?php
/**
 * The table of sites.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Prints how the sites stand, as core prints its lists.
 */
final class Sites_Table extends Plain_Table {

	/**
	 * Prints these.
	 *
	 * @param array<int|string, Site_Status> $sites The sites.
	 */
	public function __construct( array $sites ) {
		parent::__construct( 'rudr-sync-sites', $sites );
	}

	/**
	 * The columns.
	 *
	 * @return array<string, string>
	 */
	public function get_columns() {
		return array(
			'name'         => __( 'Site', 'rudr-sync' ),
			'state'        => __( 'State', 'rudr-sync' ),
			'in_step'      => __( 'In step', 'rudr-sync' ),
			'waiting'      => __( 'Waiting', 'rudr-sync' ),
			'retrying'     => __( 'Retrying', 'rudr-sync' ),
			'failed'       => __( 'Need you', 'rudr-sync' ),
			'last_success' => __( 'Last success', 'rudr-sync' ),
			'worker'       => __( 'Worker', 'rudr-sync' ),
		);
	}

	/**
	 * What stands there without sites.
	 */
	public function no_items(): void {
		esc_html_e( 'Users do not follow anywhere yet. Add the first site, or define it in wp-config.php.', 'rudr-sync' );
	}

	/**
	 * Name and address.
	 *
	 * @param Site_Status $site The site.
	 */
	protected function column_name( Site_Status $site ): string {
		$from = match ( $site->from ) {
			Target::FROM_FILE => __( 'Defined in the file of php.ini\'s rudr_sync.sites', 'rudr-sync' ),
			Target::FROM_CONSTANT => __( 'Defined in wp-config.php (RUDR_SYNC_SITES)', 'rudr-sync' ),
			Target::UNDEFINED => $site->is_left_over ? __( 'Defined nowhere', 'rudr-sync' ) : '',
			default => '',
		};
		return sprintf( '<strong>%s</strong>', esc_html( $site->name ) )
			. ( '' === $site->url ? '' : sprintf( '<br><span class="rudr-sync-address">%s</span>', esc_html( $site->url ) ) )
			/* translators: %s: username on another site. */
			. ( '' === $site->username ? '' : '<br>' . esc_html( sprintf( __( 'as %s', 'rudr-sync' ), $site->username ) ) )
			. ( '' === $from ? '' : sprintf( '<br><span class="description">%s</span>', esc_html( $from ) ) )
			. ( '' === $site->speaks() ? '' : sprintf( '<br><span class="description">%s</span>', esc_html( self::wire( $site ) ) ) );
	}

	/**
	 * What it speaks; and what would be better.
	 *
	 * @param Site_Status $site The site.
	 */
	private static function wire( Site_Status $site ): string {
		return Site_Row::PLAIN !== $site->wire ? $site->speaks() : sprintf(
			/* translators: %s: "plain WordPress". */
			__( '%s: with this plugin there as well, users follow faster, no password is kept here for it, and its agent can do nothing else', 'rudr-sync' ),
			$site->speaks()
		);
	}

	/**
	 * What can be done with it.
	 *
	 * @param Site_Status $site    The site.
	 * @param string      $column  Column.
	 * @param string      $primary The first column.
	 */
	protected function handle_row_actions( $site, $column, $primary ): string {
		if ( $column !== $primary ) {
			return '';
		}
		$button  = static fn( string $name, string $label ): string => sprintf(
			'<button type="submit" class="button-link" name="%s" value="%s">%s</button>',
			esc_attr( $name ),
			esc_attr( $site->name ),
			esc_html( $label )
		);
		$link    = static fn( string $part, string $label, string $css = '' ): string => sprintf(
			'<a href="%s" class="%s">%s</a>',
			esc_url(
				Screen_Url::of(
					array(
						'part' => $part,
						'site' => $site->name,
					)
				)
			),
			esc_attr( $css ),
			esc_html( $label )
		);
		$defined = Target::UNDEFINED !== $site->from;
		$actions = $defined ? array( 'check' => $button( 'check', __( 'Test connection', 'rudr-sync' ) ) ) : array();
		if ( $defined && Site_Status::OK !== $site->state ) {
			$actions['resume'] = $button( 'resume', Site_Status::DISCONNECTED === $site->state ? __( 'Connect', 'rudr-sync' ) : __( 'Resume', 'rudr-sync' ) );
		}
		if ( Target::FROM_TABLE === $site->from ) {
			$actions['change'] = $link( 'change', __( 'Change', 'rudr-sync' ) );
		}
		if ( Target::FROM_TABLE === $site->from || $site->is_left_over ) {
			$actions['delete'] = $link( 'remove', __( 'Remove', 'rudr-sync' ), 'submitdelete' );
		}
		// Always to be seen: it is what one comes here for.
		return $this->row_actions( $actions, true );
	}

	/**
	 * In words how it stands.
	 *
	 * @param Site_Status $site The site.
	 */
	protected function column_state( Site_Status $site ): string {
		[ $css, $text ] = match ( true ) {
			null !== $site->problem => array( 'bad', $site->problem ),
			Site_Status::QUARANTINED === $site->state => array( 'bad', __( 'Stopped: the site refuses us. Test the connection, mend what it says, then choose Resume.', 'rudr-sync' ) ),
			Site_Status::DISCONNECTED === $site->state => array( 'bad', __( 'Disconnected: this install is a copy of another. Choose Connect if users are to follow there from here too.', 'rudr-sync' ) ),
			Site_Status::PAUSED === $site->state && null !== $site->hold => array(
				'warn',
				/* translators: 1: why, as a sentence without its full stop, 2: a time span such as "5 mins". */
				sprintf( __( 'Paused: %1$s. Asked again in %2$s.', 'rudr-sync' ), self::why( $site ), Ago::span( $site->hold ) ),
			),
			Site_Status::PAUSED === $site->state => array(
				'warn',
				/* translators: %s: why, as a sentence without its full stop. */
				sprintf( __( 'Paused: %s. About to be asked again.', 'rudr-sync' ), self::why( $site ) ),
			),
			! Sites::extension_is_there() => array( 'bad', __( 'The PHP extension is missing: nothing is sent.', 'rudr-sync' ) ),
			null === $site->last_success => array( 'new', __( 'Nothing sent yet', 'rudr-sync' ) ),
			default => array( 'good', __( 'Working', 'rudr-sync' ) ),
		};
		$html = sprintf( '<span class="rudr-sync-state is-%s">%s</span>', esc_attr( $css ), esc_html( $text ) );
		if ( $site->staying ) {
			/* translators: %s: number of users. */
			$html .= self::small( sprintf( _n( '%s administrator does not follow, by the rules', '%s administrators do not follow, by the rules', $site->staying, 'rudr-sync' ), number_format_i18n( $site->staying ) ) );
		}
		return $html;
	}

	/**
	 * Why a site is paused.
	 *
	 * @param Site_Status $site The site.
	 */
	private static function why( Site_Status $site ): string {
		return null === $site->why ? __( 'no answer', 'rudr-sync' ) : rtrim( $site->why, '.' );
	}

	/**
	 * Who is in step.
	 *
	 * @param Site_Status $site The site.
	 */
	protected function column_in_step( Site_Status $site ): string {
		$text = esc_html( number_format_i18n( $site->in_step ) );
		if ( $site->partly ) {
			/* translators: %s: number of users. */
			$text .= self::small( sprintf( _n( '%s in part', '%s in part', $site->partly, 'rudr-sync' ), number_format_i18n( $site->partly ) ) );
		}
		if ( $site->unlinked ) {
			/* translators: %s: number of users. */
			$text .= self::small( sprintf( _n( '%s unlinked', '%s unlinked', $site->unlinked, 'rudr-sync' ), number_format_i18n( $site->unlinked ) ) );
		}
		return $text;
	}

	/**
	 * Who waits, and since when.
	 *
	 * @param Site_Status $site The site.
	 */
	protected function column_waiting( Site_Status $site ): string {
		$text = self::number( $site, Link_Report::WAITING, $site->waiting );
		if ( null !== $site->oldest && $site->waiting + $site->retrying > 0 && $site->oldest >= MINUTE_IN_SECONDS ) {
			/* translators: %s: a time span such as "5 mins". */
			$text .= self::small( sprintf( __( 'oldest: %s', 'rudr-sync' ), Ago::span( $site->oldest ) ) );
		}
		return $text;
	}

	/**
	 * Who is retried.
	 *
	 * @param Site_Status $site The site.
	 */
	protected function column_retrying( Site_Status $site ): string {
		return self::number( $site, Link_Report::RETRYING, $site->retrying );
	}

	/**
	 * Who needs a person.
	 *
	 * @param Site_Status $site The site.
	 */
	protected function column_failed( Site_Status $site ): string {
		return self::number( $site, Link_Report::NEEDING, $site->failed + $site->partly );
	}

	/**
	 * When it last worked.
	 *
	 * @param Site_Status $site The site.
	 */
	protected function column_last_success( Site_Status $site ): string {
		return esc_html( null === $site->last_success ? __( 'never', 'rudr-sync' ) : Ago::of( $site->last_success ) );
	}

	/**
	 * Whether a worker is at it.
	 *
	 * @param Site_Status $site The site.
	 */
	protected function column_worker( Site_Status $site ): string {
		return esc_html(
			match ( true ) {
				$site->worker_alive => __( 'running', 'rudr-sync' ),
				/* translators: %s: such as "5 mins ago". */
				null !== $site->heartbeat => sprintf( __( 'last seen %s', 'rudr-sync' ), Ago::of( $site->heartbeat ) ),
				default => __( 'none; pages and WP-Cron deliver', 'rudr-sync' ),
			}
		);
	}

	/**
	 * A number that leads to those whom it counts.
	 *
	 * @param Site_Status $site   The site.
	 * @param string      $kind   One of Link_Report's.
	 * @param int         $number The number.
	 */
	private static function number( Site_Status $site, string $kind, int $number ): string {
		if ( 0 === $number ) {
			return '0';
		}
		$url = Screen_Url::of(
			array(
				'show' => $kind,
				'of'   => $site->name,
			)
		) . '#users';
		return sprintf( '<a href="%s">%s</a>', esc_url( $url ), esc_html( number_format_i18n( $number ) ) );
	}
}
