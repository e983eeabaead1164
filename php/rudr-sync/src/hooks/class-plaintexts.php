<?php
/**
 * Passwords in the clear, for the length of a request.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * A drawer for plaintext passwords that no dump of any object shows: the strings are in a static map, of which neither
 * `var_dump()`, `print_r()`, `var_export()`, an array cast nor a serialiser knows.
 */
final class Plaintexts {

	/**
	 * What each drawer holds.
	 *
	 * @var \WeakMap<self, array<string, string[]>>|null
	 */
	private static ?\WeakMap $kept = null;

	/**
	 * Puts a password under a label; the same one twice is kept once. As WordPress does before it hashes, spaces around
	 * it are dropped.
	 *
	 * @param string $label     What it is known by.
	 * @param string $plaintext The password.
	 */
	public function add( string $label, #[\SensitiveParameter] string $plaintext ): void {
		$plaintext = trim( $plaintext );
		self::$kept ??= new \WeakMap();
		$mine         = self::$kept[ $this ] ?? array();
		// Held twice, it would be copied with each password, of an import of thousands.
		unset( self::$kept[ $this ] );
		if ( ! in_array( $plaintext, $mine[ $label ] ?? array(), true ) ) {
			$mine[ $label ][] = $plaintext;
		}
		self::$kept[ $this ] = $mine;
	}

	/**
	 * All under a label.
	 *
	 * @param string $label What they are known by.
	 * @return string[]
	 */
	public function all( string $label ): array {
		return self::$kept[ $this ][ $label ] ?? array();
	}

	/**
	 * The one under a label; null if there is none or more than one.
	 *
	 * @param string $label What it is known by.
	 */
	public function only( string $label ): ?string {
		$all = $this->all( $label );
		return 1 === count( $all ) ? $all[0] : null;
	}

	/**
	 * Whether nothing is in the drawer.
	 */
	public function is_empty(): bool {
		return empty( self::$kept[ $this ] );
	}

	/**
	 * Throws everything away.
	 */
	public function forget(): void {
		if ( null !== self::$kept ) {
			unset( self::$kept[ $this ] );
		}
	}

	/**
	 * Never stored.
	 *
	 * @throws \LogicException Always.
	 */
	public function __serialize(): array {
		throw new \LogicException( 'Passwords are not serialised.' );
	}

	/**
	 * A copy would be an empty drawer; nobody wants one.
	 */
	private function __clone() {
	}
}
