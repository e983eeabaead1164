<?php
/**
 * Removes everything the plugin has stored. The accounts on other sites stay as they are.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require __DIR__ . '/src/autoload.php';

Plugin::parts()->sites->close();
Schema::uninstall();
Receiver::uninstall();
