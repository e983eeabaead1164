<?php
/**
 * The tables.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Makes, upgrades and removes the plugin's tables.
 */
final class Schema {

	/**
	 * Makes or upgrades the tables.
	 *
	 * `remote_id` may be null and is unique otherwise: two users can never hold one account.
	 */
	public static function install(): void {
		global $wpdb;

		require_once ABSPATH . 'wp-admin/includes/upgrade.php';

		$links   = Links::table( $wpdb );
		$charset = $wpdb->get_charset_collate();
		dbDelta(
			"CREATE TABLE {$links} (
  site varchar(64) NOT NULL,
  user_id bigint(20) unsigned NOT NULL,
  remote_id bigint(20) unsigned DEFAULT NULL,
  remote_login varchar(60) DEFAULT NULL,
  trust varchar(10) DEFAULT NULL,
  want varchar(10) NOT NULL DEFAULT 'present',
  login varchar(60) DEFAULT NULL,
  email varchar(100) DEFAULT NULL,
  reassign bigint(20) unsigned DEFAULT NULL,
  privileged tinyint(1) NOT NULL DEFAULT 0,
  revision bigint(20) unsigned NOT NULL DEFAULT 0,
  synced_revision bigint(20) unsigned NOT NULL DEFAULT 0,
  dirty_since datetime DEFAULT NULL,
  unsettled_until datetime DEFAULT NULL,
  unsettled_by varchar(32) DEFAULT NULL,
  base mediumtext DEFAULT NULL,
  secret text DEFAULT NULL,
  kept_at datetime DEFAULT NULL,
  received text DEFAULT NULL,
  released tinyint(1) NOT NULL DEFAULT 0,
  tried_at datetime DEFAULT NULL,
  tried_last datetime DEFAULT NULL,
  tried_email varchar(100) DEFAULT NULL,
  confirmed varchar(64) DEFAULT NULL,
  retry tinyint(1) NOT NULL DEFAULT 0,
  priority tinyint(3) unsigned NOT NULL DEFAULT 0,
  due_at datetime DEFAULT NULL,
  attempts int(10) unsigned NOT NULL DEFAULT 0,
  failing int(10) unsigned NOT NULL DEFAULT 0,
  lease varchar(32) DEFAULT NULL,
  lease_until datetime DEFAULT NULL,
  code varchar(64) DEFAULT NULL,
  message text DEFAULT NULL,
  synced_at datetime DEFAULT NULL,
  PRIMARY KEY  (site,user_id),
  UNIQUE KEY account (site,remote_id),
  KEY due (site,priority,due_at),
  KEY removed (want,site),
  KEY trouble (code,site),
  KEY tried (site,tried_email)
) {$charset};"
		);
		$sites = Site_Rows::table( $wpdb );
		dbDelta(
			"CREATE TABLE {$sites} (
  name varchar(64) NOT NULL,
  settings mediumtext DEFAULT NULL,
  state text DEFAULT NULL,
  status varchar(20) NOT NULL DEFAULT 'ok',
  hold_until datetime DEFAULT NULL,
  wire varchar(20) DEFAULT NULL,
  remote_uuid varchar(36) DEFAULT NULL,
  hashes text DEFAULT NULL,
  asked_at datetime DEFAULT NULL,
  deliverer varchar(32) DEFAULT NULL,
  deliverer_until datetime DEFAULT NULL,
  slots text DEFAULT NULL,
  destructive_since datetime DEFAULT NULL,
  destructive int(10) unsigned NOT NULL DEFAULT 0,
  heartbeat datetime DEFAULT NULL,
  worker varchar(100) DEFAULT NULL,
  swept_user_id bigint(20) unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY  (name)
) {$charset};"
		);
		// A site of a network that has just appeared has none, and the tables are as old as the others' is.
		if ( (int) get_option( Plugin::SCHEMA_OPTION, 3 ) < 3 ) {
			self::migrate();
		}
		// Of passwords that were kept by versions before 6 nobody knows since when: from now on.
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		$wpdb->query( "UPDATE {$links} SET kept_at = UTC_TIMESTAMP() WHERE secret IS NOT NULL AND kept_at IS NULL" );
		// Nor of users who wait, in versions before 7.
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		$wpdb->query( "UPDATE {$links} SET dirty_since = UTC_TIMESTAMP() WHERE revision <> synced_revision AND dirty_since IS NULL" );
		Site_Store::note();
		update_option( Plugin::SCHEMA_OPTION, Plugin::SCHEMA );
		Identity::establish();
	}

	/**
	 * Whether the tables are there, as this version needs them: WordPress says nothing where the database would not make them.
	 */
	public static function is_made(): bool {
		global $wpdb;

		$links = Links::table( $wpdb );
		$sites = Site_Rows::table( $wpdb );
		$quiet = $wpdb->suppress_errors();
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own tables; the columns are the latest of each.
		$made = false !== $wpdb->query( "SELECT l.received, l.released, l.kept_at, l.dirty_since, s.destructive FROM {$links} l, {$sites} s LIMIT 0" );
		$wpdb->suppress_errors( $quiet );
		return $made;
	}

	/**
	 * Brings rows of older versions into the present form. Only theirs: in later ones the same code says something else.
	 */
	private static function migrate(): void {
		global $wpdb;

		$links = Links::table( $wpdb );
		// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- our own table.
		// Until version 2 the code said that a removed user could edit users, and a trust without an account that an
		// administrator had confirmed whatever address the user would have.
		$wpdb->query( $wpdb->prepare( "UPDATE {$links} SET privileged = 1 WHERE code = %s AND want = %s", Links::PRIVILEGED, Links::ABSENT ) );
		$wpdb->query( "UPDATE {$links} SET trust = NULL WHERE remote_id IS NULL AND trust IS NOT NULL" );
		// phpcs:enable
	}

	/**
	 * Removes every table, option and user meta that is ours. Ids in `user_id_2` that no link holds are somebody else's
	 * and stay.
	 */
	public static function uninstall(): void {
		global $wpdb;

		$links = Links::table( $wpdb );
		$sites = Site_Rows::table( $wpdb );
		Remote_Id_Meta::forget_held( Sites::ONLY );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- table names cannot be placeholders.
		$wpdb->query( "DROP TABLE IF EXISTS {$links}, {$sites}" );
		delete_metadata( 'user', 0, Password_Mark::META, '', true );
		delete_metadata( 'user', 0, Proofs::META, '', true );
		delete_network_option( null, Identity::OPTION );
		Flash::forget_all();
		Every_Blog::run( self::uninstall_here( ... ) );
	}

	/**
	 * What is each site's own.
	 */
	private static function uninstall_here(): void {
		delete_option( Plugin::SCHEMA_OPTION );
		delete_option( Sites::STORED );
		delete_option( Sites::NOTED );
		Cron::forget();
	}
}
