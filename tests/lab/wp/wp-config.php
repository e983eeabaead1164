<?php
/**
 * The wp-config.php of every tree. One read-only tree serves many sites: which one is meant is said by
 * LAB_SITE_CONFIG, which the web server passes with each request and the command line in the environment.
 */

$lab_site_config = $_SERVER['LAB_SITE_CONFIG'] ?? getenv( 'LAB_SITE_CONFIG' );
if ( ! $lab_site_config ) {
	exit( "LAB_SITE_CONFIG does not name a site.\n" );
}
require $lab_site_config;

if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
