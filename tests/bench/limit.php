<?php
/**
 * Inside the other site: the users that `people` has, made or changed by core's own function alone, one after the other. Their
 * hashes are put in place for nothing, and nothing else is hashed.
 */

ini_set( 'max_execution_time', '0' );

$bench_hash = '';
add_filter(
	'wp_pre_insert_user_data',
	static function ( $data ) use ( &$bench_hash ) {
		return array( 'user_pass' => $bench_hash ) + $data;
	}
);
$bench_free = new class() {
	/** By the name that wp_hash_password() calls. */
	public function HashPassword() {
		return '*';
	}
};

time_sleep_until( $args['at'] );
$begun = hrtime( true );
foreach ( $args['people'] as $person ) {
	$bench_hash = $person['user_pass'];
	if ( 'insert' === $args['what'] ) {
		$GLOBALS['wp_hasher'] = $bench_free;

		$result = wp_insert_user( array( 'user_pass' => 'x', 'role' => 'subscriber' ) + wp_slash( $person ) );
		unset( $GLOBALS['wp_hasher'] );
	} else {
		unset( $person['user_pass'] );
		$result = wp_update_user( wp_slash( $person ) );
	}
	if ( is_wp_error( $result ) ) {
		throw new RuntimeException( $result->get_error_message() );
	}
}
return array( $begun / 1e9, hrtime( true ) / 1e9 );
