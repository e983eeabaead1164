<?php
/** Makes the installed site the first of a network. */

require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/network.php';
foreach ( $GLOBALS['wpdb']->tables( 'ms_global' ) as $name => $table ) {
	$GLOBALS['wpdb']->$name = $table;
}
install_network();
$done = populate_network( 1, $args['domain'], get_option( 'admin_email' ), 'Network', '/', false );
if ( is_wp_error( $done ) && 'no_wildcard_dns' !== $done->get_error_code() ) {
	return $done;
}
update_site_option( 'registration', 'user' );
