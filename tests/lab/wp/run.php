<?php
/**
 * Runs a piece of PHP inside a site, on the command line (Site::run) or in a php-fpm request (Site::web).
 * An order comes in as JSON: `code` or `file`, and `args`; what the piece returns, or the exception it
 * threw, goes out as JSON. Fatal errors are left to PHP.
 */

$lab_is_cli = 'cli' === PHP_SAPI;
if ( ! $lab_is_cli && ( $_SERVER['HTTP_X_LAB'] ?? '' ) !== sha1_file( $_SERVER['LAB_SITE_CONFIG'] ) ) {
	http_response_code( 403 );
	exit;
}
$lab_order = json_decode( file_get_contents( $lab_is_cli ? 'php://stdin' : 'php://input' ), true );
// What a web server would have said; WordPress expects them.
if ( $lab_is_cli ) {
	$_SERVER += $lab_order['server'];
}

if ( empty( $lab_order['bare'] ) ) {
	define( 'WP_USE_THEMES', false );
	require ( $_SERVER['LAB_TREE'] ?? getenv( 'LAB_TREE' ) ) . '/wp-load.php';
	require_once ABSPATH . 'wp-admin/includes/user.php';
	require_once ABSPATH . 'wp-admin/includes/plugin.php';
}

$lab_answer = ( static function ( array $order ): array {
	ob_start();
	try {
		$args   = $order['args'];
		$result = isset( $order['file'] ) ? require $order['file'] : eval( $order['code'] );
		if ( $result instanceof WP_Error ) {
			$result = array( 'wp_error' => $result->errors );
		}
		return array( 'result' => $result, 'output' => ob_get_clean() );
	} catch ( Throwable $thrown ) {
		ob_end_clean();
		return array(
			'thrown'  => get_class( $thrown ),
			'message' => $thrown->getMessage(),
			'trace'   => $thrown->getFile() . ':' . $thrown->getLine() . "\n" . $thrown->getTraceAsString(),
		);
	}
} )( $lab_order );

$lab_answer = json_encode( $lab_answer, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION );
if ( $lab_is_cli ) {
	file_put_contents( 'php://fd/3', $lab_answer );
} else {
	header( 'Content-Type: application/json' );
	echo $lab_answer;
}
