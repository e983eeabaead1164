<?php
/**
 * Inside the source: the tutorial's code for each user who waits; seconds that its requests took.
 */

ini_set( 'max_execution_time', '0' );
require dirname( $_SERVER['LAB_SITE_CONFIG'] ?? getenv( 'LAB_SITE_CONFIG' ) ) . '/tutorial.php';

$begun = 0;
$took  = 0;
add_filter(
	'pre_http_request',
	static function ( $answer ) use ( &$begun ) {
		$begun = hrtime( true );
		return $answer;
	},
	PHP_INT_MAX
);
add_action(
	'http_api_debug',
	static function ( $answer ) use ( &$begun, &$took ) {
		$took += hrtime( true ) - $begun;
		if ( ! in_array( wp_remote_retrieve_response_code( $answer ), array( 200, 201 ), true ) ) {
			throw new RuntimeException( wp_json_encode( $answer ) );
		}
	}
);

foreach ( get_users( array( 'search' => 'crowd*', 'search_columns' => array( 'user_login' ) ) ) as $user ) {
	// As core hands it over: of who is new the password as typed, of who is changed what is stored.
	$data = array_merge(
		$user->to_array(),
		array(
			'first_name'  => $user->first_name,
			'last_name'   => $user->last_name,
			'description' => $user->description,
			'role'        => 'subscriber',
		)
	);
	if ( 'register' === $args['what'] ) {
		rudr_register_user_both_sites( $user->ID, array( 'user_pass' => wp_generate_password( 24 ) ) + $data );
	} else {
		rudr_user_update( $user->ID, $user, $data );
	}
}
return $took / 1e9;
