<?php
/**
 * Reads users as they are now.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Row, meta and roles of users, byte for byte as stored, whatever hooks and caches say.
 */
final class Snapshot {

	/**
	 * Reads from there.
	 *
	 * @param Primary $primary Users as they are now.
	 */
	public function __construct( private readonly Primary $primary ) {
	}

	/**
	 * These users; who is gone is not among them.
	 *
	 * @param int[] $user_ids Users.
	 * @return array<int, Person> By id.
	 */
	public function of( array $user_ids ): array {
		$allowed = Watched_Meta::allowed();
		$roles   = Watched_Meta::capabilities_key();
		$known   = Main_Roles::get();
		$own     = array( Password_Mark::META, Proofs::META, Remote_Id_Meta::KEY );
		$meta    = $this->primary->meta( $user_ids, array( $roles, ...Watched_Meta::FIELDS, ...$allowed, ...$own ) );

		$people = array();
		foreach ( $this->primary->rows( $user_ids ) as $id => $row ) {
			$mine   = $meta[ $id ] ?? array();
			$fields = array_intersect_key( $row, array_flip( array( 'user_login', 'user_email', 'user_url', 'display_name' ) ) );
			foreach ( Watched_Meta::FIELDS as $key ) {
				$fields[ $key ] = $mine[ $key ] ?? '';
			}
			foreach ( $allowed as $key ) {
				// Null says that there is none: what was removed here goes there too.
				try {
					$fields['meta_input'][ $key ] = isset( $mine[ $key ] ) ? maybe_unserialize( $mine[ $key ] ) : null;
				} catch ( \Throwable $e ) {
					// An object whose class will not have it: nothing is said of that key.
					Log::thrown( $e );
				}
			}
			$given = maybe_unserialize( $mine[ $roles ] ?? '' );
			$given = is_array( $given ) ? $given : array();
			$names = array_values( array_filter( array_map( 'strval', array_keys( $given ) ), array( $known, 'is_role' ) ) );

			$people[ $id ] = new Person(
				$id,
				$fields,
				$names,
				$this->is_privileged( $row['user_login'], array_map( array( $known, 'get_role' ), $names ), $given ),
				$row['user_pass'],
				$mine[ Password_Mark::META ] ?? null,
				$mine[ Proofs::META ] ?? null,
				(int) ( $mine[ Remote_Id_Meta::KEY ] ?? 0 ) > 0 ? (int) $mine[ Remote_Id_Meta::KEY ] : null,
				max( 0, (int) strtotime( $row['user_registered'] . ' UTC' ) )
			);
		}
		return $people;
	}

	/**
	 * Whether somebody with these roles and capabilities may edit users or options, as `WP_User::get_role_caps()` reckons.
	 *
	 * @param string              $login Login.
	 * @param \WP_Role[]          $roles Roles.
	 * @param array<string, bool> $given What the user's own row gives or takes.
	 */
	private function is_privileged( string $login, array $roles, array $given ): bool {
		$capabilities = array();
		foreach ( $roles as $role ) {
			$capabilities = array_merge( $capabilities, (array) $role->capabilities );
		}
		return Privileges::in( array_merge( $capabilities, $given ) ) || ( is_multisite() && in_array( $login, get_super_admins(), true ) );
	}
}
