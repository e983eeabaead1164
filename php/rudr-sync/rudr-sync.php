<?php
/**
 * Plugin Name:       Rudr Sync
 * Description:       Users of this site follow to other WordPress sites: created, updated, with their password, removed. Needs the rudr_sync PHP extension (PHP 8.2 or later), which does all the talking.
 * Version:           0.1.0
 * Requires at least: 6.1
 * Requires PHP:      8.1
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       rudr-sync
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

require __DIR__ . '/src/autoload.php';

Plugin::start( __FILE__ );
