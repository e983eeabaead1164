<?php
/**
 * The tutorial's code, to the letter, for comparison. SiteMaker fills in address, login and password.
 */

add_action( 'user_register', 'rudr_register_user_both_sites', 10, 2 );
function rudr_register_user_both_sites( $user_id, $user_data ) {
$login = '';
$pwd = '';
$request = wp_remote_post(
'https://WEBSITE-DOMAIN/wp-json/wp/v2/users',
array(
'headers' => array(
'Authorization' => 'Basic ' . base64_encode( "$login:$pwd" )
),
'body' => array(
'username' => $user_data[ 'user_login' ],
'first_name' => $user_data[ 'user_login' ],
'last_name' => $user_data[ 'last_name' ],
'email' => $user_data[ 'user_email' ],
'url' => $user_data[ 'user_url' ],
'roles' => $user_data[ 'role' ],
'password' => $user_data[ 'user_pass' ],
)
)
);
if( 'Created' === wp_remote_retrieve_response_message( $request ) ) {
$body = json_decode( wp_remote_retrieve_body( $request ) );
update_user_meta( $user_id, 'user_id_2', $body->id );
}
}

add_action( 'profile_update', 'rudr_user_update', 10, 3 );
function rudr_user_update( $user_id, $old_user_data, $user_data ) {
$login = '';
$pwd = '';
$user_id_2 = get_user_meta( $user_id, 'user_id_2', true );
if( ! $user_id_2 ) {
return;
}
$request = wp_remote_post(
'https://WEBSITE-DOMAIN/wp-json/wp/v2/users/' . $user_id_2,
array(
'headers' => array(
'Authorization' => 'Basic ' . base64_encode( "$login:$pwd" )
),
'body' => array(
'name' => $user_data[ 'display_name' ],
'first_name' => $user_data[ 'user_login' ],
'last_name' => $user_data[ 'last_name' ],
'email' => $user_data[ 'user_email' ],
'url' => $user_data[ 'user_url' ],
'roles' => $user_data[ 'role' ],
'password' => $user_data[ 'user_pass' ],
'description' => $user_data[ 'description' ],
)
)
);
}

add_action( 'delete_user', 'rudr_user_delete' );
function rudr_user_delete( $user_id ) {
$login = '';
$pwd = '';
$user_id_2 = get_user_meta( $user_id, 'user_id_2', true );
if( ! $user_id_2 ) {
return;
}
$request = wp_remote_request(
add_query_arg(
array(
'force' => true,
'reassign' => 1
),
'https://WEBSITE-DOMAIN/wp-json/wp/v2/users/' . $user_id_2
),
array(
'method' => 'DELETE',
'headers' => array(
'Authorization' => 'Basic ' . base64_encode( "$login:$pwd" )
)
)
);
}
