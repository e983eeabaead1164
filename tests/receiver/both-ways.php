<?php
/**
 * Inside a site: the same number of users by wp_insert_user() alone, with their hashes put in place for nothing, and by the
 * receiver. Both ends are in one process and take turns, so that a busy machine slows both.
 */

ini_set( 'max_execution_time', '0' );

$lab_measure = static function ( callable $way ): array {
	global $wpdb;
	wp_cache_flush();
	$queries = $wpdb->num_queries;
	$begun   = hrtime( true );
	$result  = $way();
	return array(
		'ms'       => ( hrtime( true ) - $begun ) / 1e6,
		'queries'  => $wpdb->num_queries - $queries,
		'outcomes' => $result,
	);
};

$lab_plain = static function () use ( $args ): array {
	$hash = '';
	$keep = static function ( $data ) use ( &$hash ) {
		$data['user_pass'] = $hash;
		return $data;
	};
	$free = new class() {
		public function HashPassword( $password ) {
			return '*';
		}
	};
	$kept = $GLOBALS['wp_hasher'] ?? null;
	add_filter( 'wp_pre_insert_user_data', $keep );
	foreach ( $args['plain'] as $user ) {
		$hash                 = $user['user_pass_hash'];
		$GLOBALS['wp_hasher'] = $free;
		$id                   = wp_insert_user( wp_slash( array_diff_key( $user, array( 'roles' => 1, 'user_pass_hash' => 1 ) ) ) + array( 'user_pass' => 'x', 'role' => $user['roles'][0] ) );
		$GLOBALS['wp_hasher'] = $kept;
		if ( is_wp_error( $id ) ) {
			throw new RuntimeException( $id->get_error_message() );
		}
	}
	remove_filter( 'wp_pre_insert_user_data', $keep );
	return array();
};

$lab_batch = static function () use ( $args ): array {
	$_SERVER['REQUEST_TIME_FLOAT'] = microtime( true ); // each is a request
	$request                       = RudrSync\Received_Request::read( array( 'source' => $args['source'], 'jobs' => $args['jobs'] ) );
	return array_count_values( array_column( RudrSync\Receiver_Batch::of( $request, new RudrSync\Receiver_Settings() )->run(), 'status' ) );
};

return array( $lab_measure( $lab_plain ), $lab_measure( $lab_batch ) );
