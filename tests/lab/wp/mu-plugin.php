<?php
/** In every site of the lab: what a bare machine lacks, and nothing that changes how users are handled. */

// wordpress@127.0.0.1 is no address to PHPMailer.
add_filter( 'wp_mail_from', static fn () => 'wordpress@' . sanitize_key( get_option( 'blogname' ) ) . '.example' );

// 6.1 on PHP 8.2 logs hundreds of deprecations a request, which costs time; the newer versions show ours.
if ( version_compare( $GLOBALS['wp_version'], '6.8', '<' ) ) {
	error_reporting( E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED );
}

// Nothing goes out. Core warns in the error log when wordpress.org can't be reached; here it has nothing to say.
add_filter(
	'pre_http_request',
	static fn ( $answer, $request, $url ) =>
		str_ends_with( (string) wp_parse_url( $url, PHP_URL_HOST ), 'wordpress.org' )
			? array(
				'headers'  => array(),
				'body'     => '',
				'response' => array(
					'code'    => 404,
					'message' => 'Not Found',
				),
				'cookies'  => array(),
				'filename' => null,
			)
			: $answer,
	10,
	3
);
