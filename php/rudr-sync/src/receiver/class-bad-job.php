<?php
/**
 * A job that cannot be read.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Says which key is wrong, and how. Nothing of the job was applied.
 */
final class Bad_Job extends \InvalidArgumentException {

	/**
	 * A wrong key.
	 *
	 * @param string $key  Its name.
	 * @param string $what What is wrong with it.
	 */
	public function __construct( string $key, string $what ) {
		parent::__construct( "$key $what" );
	}
}
