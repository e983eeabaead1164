<?php
/**
 * In the site that is measured: each request is of the way that its header names, see Ways.php; and pages that do one thing.
 */

namespace RudrSync\Bench;

$bench_way = $_SERVER['HTTP_X_WAY'] ?? 'ours';
add_filter(
	'pre_option_active_plugins',
	static fn() => match ( $bench_way ) {
		'ours', 'clocked' => array( 'rudr-sync/rudr-sync.php' ),
		'idle'            => array( 'idle/idle.php' ),
		default           => array(),
	}
);
if ( 'tutorial' === $bench_way ) {
	require BENCH_FOLDER . '/tutorial.php';
}

// A mail is handed over in no time: what a mail server takes is its own, and hides what is measured.
add_filter( 'pre_wp_mail', '__return_true' );

if ( 'clocked' === $bench_way ) {
	add_action( 'plugins_loaded', __NAMESPACE__ . '\clock_ours', PHP_INT_MIN );
	// Once more: the end of a request is hooked only when there is something to end.
	add_action( 'shutdown', __NAMESPACE__ . '\clock_ours', PHP_INT_MIN );
}

/** Puts a clock around each callback that is ours. */
function clock_ours() {
	foreach ( $GLOBALS['wp_filter'] as $hook ) {
		foreach ( $hook->callbacks as $priority => $callbacks ) {
			foreach ( $callbacks as $id => $callback ) {
				if ( is_ours( $callback['function'] ) ) {
					$hook->callbacks[ $priority ][ $id ]['function'] = static fn( ...$given ) => clocked( $callback['function'], $given );
				}
			}
		}
	}
}

/** Whether a callback is ours. */
function is_ours( $callback ) {
	$file = '';
	if ( $callback instanceof \Closure ) {
		$file = ( new \ReflectionFunction( $callback ) )->getFileName();
	} elseif ( is_array( $callback ) && ( is_object( $callback[0] ) || class_exists( $callback[0] ) ) ) {
		$file = ( new \ReflectionClass( $callback[0] ) )->getFileName();
	}
	return str_contains( (string) $file, '/rudr-sync/src/' );
}

/** Calls one; the time of one within another is counted once. */
function clocked( $callback, $given ) {
	static $depth = 0;
	$begun  = hrtime( true );
	$depth += 1;
	try {
		return $callback( ...$given );
	} finally {
		$depth -= 1;
		$GLOBALS['bench_inside'] = ( $GLOBALS['bench_inside'] ?? 0 ) + ( 0 === $depth ? hrtime( true ) - $begun : 0 );
	}
}

// When all is done: behind what ours asks for at the end of the request, which it does in that same hook.
add_action(
	'shutdown',
	static function () use ( $bench_way ) {
		if ( 'clocked' === $bench_way ) {
			register_shutdown_function( static fn() => file_put_contents( BENCH_FOLDER . '/inside', $GLOBALS['bench_inside'] ?? 0 ) );
		}
		if ( in_array( $bench_way, array( 'ours', 'clocked' ), true ) ) {
			register_shutdown_function( static fn() => register_shutdown_function( static fn() => touch( BENCH_FOLDER . '/done' ) ) );
		}
	},
	PHP_INT_MIN
);

// Pages that do one thing and say how many nanoseconds it took.
add_action(
	'wp_loaded',
	static function () {
		$do = $_SERVER['HTTP_X_DO'] ?? '';
		if ( '' === $do ) {
			return;
		}
		$begun = hrtime( true );
		if ( 'insert' === $do ) {
			$result = wp_insert_user( $_POST );
		} else {
			$result = wp_update_user( $_POST );
		}
		$took = hrtime( true ) - $begun;
		if ( is_wp_error( $result ) ) {
			http_response_code( 500 );
			echo $result->get_error_message();
			exit;
		}
		echo json_encode( array( 'id' => $result, 'took' => $took ) );
		exit;
	}
);
