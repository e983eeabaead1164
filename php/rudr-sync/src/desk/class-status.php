<?php
/**
 * How the sites stand, in numbers.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Collects what the screen, the commands and Site Health say of the sites. Prints nothing, and asks no site.
 */
final class Status {

	/**
	 * Collects from there.
	 *
	 * @param \wpdb       $db     WordPress's database.
	 * @param Sites       $sites  The sites.
	 * @param Link_Report $report The links.
	 */
	public function __construct( private readonly \wpdb $db, private readonly Sites $sites, private readonly Link_Report $report ) {
	}

	/**
	 * Every site; also those of which there is nothing but what was noted, since nothing that can be read now defines them.
	 *
	 * @return array<int|string, Site_Status> By name.
	 */
	public function all(): array {
		$numbers = $this->report->numbers();
		$rows    = $this->rows();
		$all     = array();
		$targets = $this->sites->all() + array_fill_keys( $this->sites->undefined(), null );
		foreach ( $targets as $name => $target ) {
			$of           = $numbers[ $name ] ?? array();
			$row          = $rows[ $name ] ?? array();
			$judged       = self::judged( $row['state'] ?? null );
			$heartbeat    = isset( $row['heartbeat'] ) ? max( 0, (int) $row['heartbeat'] ) : null;
			$all[ $name ] = new Site_Status(
				(string) $name,
				$target->url ?? '',
				$target->username ?? '',
				$target->from ?? Target::UNDEFINED,
				self::known( $row['status'] ?? null ),
				isset( $row['hold'] ) && (int) $row['hold'] > 0 ? (int) $row['hold'] : null,
				$judged['why'] ?? null,
				$of['in_step'] ?? 0,
				$of['waiting'] ?? 0,
				$of['retrying'] ?? 0,
				$of['failed'] ?? 0,
				$of['partly'] ?? 0,
				$of['staying'] ?? 0,
				$of['unlinked'] ?? 0,
				$of['key_lost'] ?? 0,
				$of['held'] ?? 0,
				$of['without_receiver'] ?? 0,
				$of['oldest'] ?? null,
				$of['last_success'] ?? null,
				$heartbeat,
				null !== $heartbeat && $heartbeat < Site_Rows::WORKER_GONE,
				$target ? self::problem( $target ) : $this->lack( (string) $name ),
				! $target && ! in_array( (string) $name, $this->sites->unread(), true ),
				$row['wire'] ?? null,
				$judged['version'] ?? null
			);
		}
		return $all;
	}

	/**
	 * In one word how one site stands.
	 *
	 * @param string $name Name of the site.
	 */
	public function state( string $name ): string {
		$table = Site_Rows::table( $this->db );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		return self::known( $this->db->get_var( $this->db->prepare( "SELECT status FROM {$table} WHERE name = %s", $name ) ) );
	}

	/**
	 * A state as stored, or that all is well.
	 *
	 * @param string|null $state As stored.
	 */
	private static function known( ?string $state ): string {
		return in_array( $state, Site_Status::HELD, true ) ? $state : Site_Status::OK;
	}

	/**
	 * What the extension has noted of a site; nothing where it is missing.
	 *
	 * @param string|null $state The note.
	 * @return array<string, mixed>
	 */
	private static function judged( ?string $state ): array {
		return function_exists( 'rudr_sync_judge' ) ? rudr_sync_judge( $state, array() ) : array();
	}

	/**
	 * What the table of sites says.
	 *
	 * @return array<int|string, array<string, string|null>> By name.
	 */
	private function rows(): array {
		$table = Site_Rows::table( $this->db );
		// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		$rows = (array) $this->db->get_results(
			"SELECT name, status, state, wire, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), hold_until) AS hold,
				TIMESTAMPDIFF(SECOND, heartbeat, UTC_TIMESTAMP()) AS heartbeat FROM {$table}",
			ARRAY_A
		);
		// phpcs:enable
		return array_column( $rows, null, 'name' );
	}

	/**
	 * What can't be read at all of where sites are defined.
	 *
	 * @return string[]
	 */
	public function unreadable(): array {
		return $this->sites->unreadable();
	}

	/**
	 * Why there is no definition of a site.
	 *
	 * @param string $name Name of the site.
	 */
	private function lack( string $name ): string {
		return in_array( $name, $this->sites->unread(), true )
			? __( 'Where it is defined cannot be read now. Changes of users are noted for it; nothing is sent.', 'rudr-sync' )
			: __( 'Nothing defines it any more, and nothing is sent there. Define it again, or remove it here.', 'rudr-sync' );
	}

	/**
	 * What is wrong with a site's definition.
	 *
	 * @param Target $target The site.
	 */
	private static function problem( Target $target ): ?string {
		if ( ! Sites::extension_is_there() ) {
			return null;
		}
		try {
			$target->handle();
			return null;
		} catch ( \Throwable $e ) {
			return $e->getMessage();
		}
	}
}
