<?php
/**
 * A persistent object cache in Redis, as a site's drop-in: the least that WordPress asks of one. What is in it outlives requests,
 * also those that were killed. Constant LAB_REDIS: the socket. What is taken out of it counts as a write of a request that is to
 * be killed.
 */

function wp_cache_init() {
	$GLOBALS['wp_object_cache'] = new WP_Object_Cache();
}

function wp_cache_add( $key, $data, $group = '', $expire = 0 ) {
	return ! wp_suspend_cache_addition() && $GLOBALS['wp_object_cache']->set( $key, $data, $group, 'NX' );
}

function wp_cache_set( $key, $data, $group = '', $expire = 0 ) {
	return $GLOBALS['wp_object_cache']->set( $key, $data, $group );
}

function wp_cache_replace( $key, $data, $group = '', $expire = 0 ) {
	return $GLOBALS['wp_object_cache']->set( $key, $data, $group, 'XX' );
}

function wp_cache_get( $key, $group = '', $force = false, &$found = null ) {
	return $GLOBALS['wp_object_cache']->get( $key, $group, $force, $found );
}

function wp_cache_delete( $key, $group = '' ) {
	return $GLOBALS['wp_object_cache']->delete( $key, $group );
}

function wp_cache_incr( $key, $offset = 1, $group = '' ) {
	$value = $GLOBALS['wp_object_cache']->get( $key, $group, true, $found );
	return $found && $GLOBALS['wp_object_cache']->set( $key, max( 0, (int) $value + $offset ), $group ) ? max( 0, (int) $value + $offset ) : false;
}

function wp_cache_decr( $key, $offset = 1, $group = '' ) {
	return wp_cache_incr( $key, -$offset, $group );
}

function wp_cache_flush() {
	return $GLOBALS['wp_object_cache']->flush();
}

function wp_cache_close() {
	return true;
}

function wp_cache_add_global_groups( $groups ) {
}

function wp_cache_add_non_persistent_groups( $groups ) {
}

function wp_cache_switch_to_blog( $blog_id ) {
}

class WP_Object_Cache {

	private $redis;
	private $known = array();

	public function __construct() {
		$this->redis = stream_socket_client( 'unix://' . LAB_REDIS );
	}

	public function get( $key, $group, $force, &$found ) {
		$name = "$group:$key";
		if ( $force || ! array_key_exists( $name, $this->known ) ) {
			$this->known[ $name ] = $this->ask( 'GET', $name );
		}
		$found = null !== $this->known[ $name ];
		return $found ? unserialize( $this->known[ $name ] ) : false;
	}

	public function set( $key, $data, $group, ...$if ) {
		$name = "$group:$key";
		$text = serialize( $data );
		if ( null === $this->ask( 'SET', $name, $text, ...$if ) ) {
			return false;
		}
		$this->known[ $name ] = $text;
		return true;
	}

	public function delete( $key, $group ) {
		if ( isset( $GLOBALS['lab_uncached'] ) ) {
			( $GLOBALS['lab_uncached'] )();
		}
		unset( $this->known[ "$group:$key" ] );
		return $this->ask( 'DEL', "$group:$key" ) > 0;
	}

	public function flush() {
		$this->known = array();
		return 'OK' === $this->ask( 'FLUSHDB' );
	}

	private function ask( ...$words ) {
		$request = '*' . count( $words ) . "\r\n";
		foreach ( $words as $word ) {
			$request .= '$' . strlen( $word ) . "\r\n$word\r\n";
		}
		for ( ; '' !== $request; $request = substr( $request, $sent ) ) {
			$sent = fwrite( $this->redis, $request );
			if ( ! $sent ) {
				throw new RuntimeException( 'Redis is gone.' );
			}
		}
		$line = rtrim( fgets( $this->redis ), "\r\n" );
		$rest = substr( $line, 1 );
		if ( '-' === $line[0] ) {
			throw new RuntimeException( "Redis: $rest" );
		}
		if ( '$' !== $line[0] ) {
			return ':' === $line[0] ? (int) $rest : $rest;
		}
		return '-1' === $rest ? null : substr( stream_get_contents( $this->redis, (int) $rest + 2 ), 0, -2 );
	}
}
