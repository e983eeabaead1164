<?php
/**
 * Which stored password hashes this WordPress can check.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A hash that this site cannot check would lock its owner out. Which it can is found by trying, since versions differ and
 * plugins replace `wp_check_password()`. One that costs minutes or gigabytes to check would take the site down, for anybody who
 * enters that login: what a site may reasonably have chosen for itself takes some seconds and 256 MiB at most.
 */
final class Hash_Kinds {

	/** The password of the samples. */
	private const SAMPLE = 'rudr-sync sample';

	/** Of each kind: what a hash of it looks like that does not cost too much, and one of SAMPLE, made to be cheap to check. */
	private const KINDS = array(
		'$P$'        => array( '/^\$P\$[5-9A-E][.\/0-9A-Za-z]{30}$/D', '$P$5rudrSynch0Dm3DrHPQPwQ4FzOOi3y/' ),
		'$wp$2y$'    => array( '/^\$wp\$2y\$(?:0[4-9]|1[0-5])\$[.\/0-9A-Za-z]{53}$/D', '$wp$2y$04$3T.6lWrJQb63bZartdiUEeNXU3Ob6kGmA2IjzsIFzAqy/KxybBuIq' ),
		'$2y$'       => array( '/^\$2y\$(?:0[4-9]|1[0-5])\$[.\/0-9A-Za-z]{53}$/D', '$2y$04$TJAkZLMNaiUqMq9qCXE7murcVuj7dlHnvWw6jmX17IhuqaMXLqseC' ),
		'$argon2id$' => array( '/^\$argon2id\$v=19\$m=(?:[1-9]\d{0,4}|1\d{5}|2[0-6]\d{4}),t=\d,p=\d\$[+\/0-9A-Za-z]{11,88}\$[+\/0-9A-Za-z]{22,88}$/D', '$argon2id$v=19$m=64,t=1,p=1$T210SjRQaC5ZNHg0SUFsWQ$JzMqVH9yy1w9HWQpdOaOEdWTDPEXQgWdogbL25maKwc' ),
		'md5'        => array( '/^[0-9a-f]{32}$/D', '8479e97de0072b1204518a7372803800' ),
	);

	/**
	 * What was tried in this request.
	 *
	 * @var array<string, bool>
	 */
	private array $tried = array();

	/**
	 * All kinds that can be checked, by their prefixes; md5 has none.
	 *
	 * @return string[]
	 */
	public function all(): array {
		return array_values( array_filter( array_keys( self::KINDS ), array( $this, 'can_check' ) ) );
	}

	/**
	 * Whether a stored hash can be checked.
	 *
	 * @param string $hash The hash.
	 */
	public function fits( #[\SensitiveParameter] string $hash ): bool {
		foreach ( self::KINDS as $kind => list( $looks ) ) {
			if ( preg_match( $looks, $hash ) ) {
				return $this->can_check( $kind );
			}
		}
		return false;
	}

	/**
	 * Whether this site says that the sample's password is right and another is not.
	 *
	 * @param string $kind One of KINDS.
	 */
	private function can_check( string $kind ): bool {
		return $this->tried[ $kind ] ??= $this->checks( self::SAMPLE, $kind ) && ! $this->checks( self::SAMPLE . '!', $kind );
	}

	/**
	 * What this site says of a password.
	 *
	 * @param string $password The password.
	 * @param string $kind     The sample.
	 */
	private function checks( string $password, string $kind ): bool {
		try {
			return true === wp_check_password( $password, self::KINDS[ $kind ][1] );
		} catch ( \Throwable $e ) {
			// A plugin that will not hear of hashes other than its own.
			return false;
		}
	}
}
