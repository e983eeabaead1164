<?php
/**
 * The receiver's rules, for a person to read and to write.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Receiver_Settings as a form has them, in strings. What stands in wp-config.php is shown and never written; what the form does
 * not know of the option stays as it is.
 */
final class Receiver_Rules {

	/** `roles`: all that hold no power. */
	public const ALL = 'all';

	/** `roles`: those that are listed. */
	public const LISTED = 'listed';

	/** Settings that are one of these; the first is the receiver's default. */
	public const CHOICES = array(
		'adopt'   => array( 'any', 'proven', 'never' ),
		'removal' => array( 'remove', 'suspend', 'leave' ),
	);

	/** Settings that are on or off. */
	public const SWITCHES = array( 'claims', 'authority', 'network_delete' );

	/** Settings that are lists, a line each. */
	public const LISTS = array( 'meta', 'addresses' );

	/**
	 * Shows and changes these.
	 *
	 * @param Receiver_Settings $settings The settings.
	 */
	public function __construct( private readonly Receiver_Settings $settings ) {
	}

	/**
	 * Whether a setting stands in wp-config.php.
	 *
	 * @param string $name Its name.
	 */
	public function is_fixed( string $name ): bool {
		return $this->settings->is_fixed( $name );
	}

	/**
	 * Roles that may be given at all, by name, with what they are called.
	 *
	 * @return array<string, string>
	 */
	public static function harmless_roles(): array {
		$names = array_map( 'translate_user_role', wp_roles()->get_names() );
		return array_filter( $names, static fn( string|int $role ): bool => ! Powers::in_role( (string) $role ), ARRAY_FILTER_USE_KEY );
	}

	/**
	 * The settings as they are, in strings; `listed` are the roles, in lines.
	 *
	 * @return array<string, string>
	 */
	public function shown(): array {
		$roles = $this->settings->value( 'roles' );
		$shown = array(
			'roles'   => is_array( $roles ) ? self::LISTED : self::ALL,
			'listed'  => self::lines( is_array( $roles ) ? $roles : array() ),
			'adopt'   => $this->settings->adopt( 'any' ),
			'removal' => $this->settings->removal(),
		);
		foreach ( self::SWITCHES as $name ) {
			$shown[ $name ] = true === $this->settings->value( $name ) ? '1' : '';
		}
		foreach ( self::LISTS as $name ) {
			$shown[ $name ] = self::lines( (array) ( $this->settings->value( $name ) ?? array() ) );
		}
		return $shown;
	}

	/**
	 * Changes them, if there is nothing wrong with any.
	 *
	 * @param array<string, string> $wanted As shown() has them; what is missing is off or empty.
	 * @return string[] What is wrong, in sentences.
	 */
	public function put( array $wanted ): array {
		$wrong = array();
		$set   = (array) get_option( Receiver_Settings::OPTION, array() );
		foreach ( self::names() as $name ) {
			if ( $this->is_fixed( $name ) ) {
				continue;
			}
			try {
				$set[ $name ] = self::read( $name, $wanted );
			} catch ( Command_Error $e ) {
				$wrong[] = $e->getMessage();
			}
		}
		if ( ! $wrong ) {
			update_option( Receiver_Settings::OPTION, array_filter( $set, static fn( mixed $value ): bool => null !== $value ) );
		}
		return $wrong;
	}

	/**
	 * The settings that can be changed here.
	 *
	 * @return string[]
	 */
	private static function names(): array {
		$switches = is_multisite() ? self::SWITCHES : array_diff( self::SWITCHES, array( 'network_delete' ) );
		return array( 'roles', ...array_keys( self::CHOICES ), ...$switches, ...self::LISTS );
	}

	/**
	 * What a person wants of one setting, as the option has it; null: nothing of its own.
	 *
	 * @param string                $name   Its name.
	 * @param array<string, string> $wanted As shown() has them.
	 * @throws Command_Error If it cannot be that.
	 */
	private static function read( string $name, array $wanted ): mixed {
		$value = $wanted[ $name ] ?? '';
		switch ( true ) {
			case isset( self::CHOICES[ $name ] ):
				/* translators: %s: name of a setting. */
				return in_array( $value, self::CHOICES[ $name ], true ) ? $value : throw new Command_Error( sprintf( __( 'Choose one for "%s".', 'rudr-sync' ), $name ) );
			case in_array( $name, self::SWITCHES, true ):
				return '1' === $value;
			case 'roles' === $name:
				return self::LISTED === $value ? self::roles( $wanted['listed'] ?? '' ) : null;
			case 'meta' === $name:
				return self::meta( $value );
			default:
				return self::addresses( $value );
		}
	}

	/**
	 * Roles that may be given.
	 *
	 * @param string $text Names of roles, a line each.
	 * @return string[]
	 * @throws Command_Error If one may not.
	 */
	private static function roles( string $text ): array {
		$roles = self::of_lines( $text );
		$not   = array_diff( $roles, array_map( 'strval', array_keys( self::harmless_roles() ) ) );
		if ( $not ) {
			/* translators: %s: names of roles. */
			throw new Command_Error( sprintf( __( 'Not a role that other sites may give, since it is not there or holds power over users, plugins or options: %s', 'rudr-sync' ), implode( ', ', $not ) ) );
		}
		return $roles;
	}

	/**
	 * Meta keys that may be written.
	 *
	 * @param string $text Keys, a line each.
	 * @return string[]
	 * @throws Command_Error If one may not.
	 */
	private static function meta( string $text ): array {
		$keys = self::of_lines( $text );
		$not  = array_filter( $keys, static fn( string $key ): bool => ! Receiver_Settings::is_meta( $key ) );
		if ( $not ) {
			/* translators: %s: meta keys. */
			throw new Command_Error( sprintf( __( 'Not user meta that other sites may write, since it decides who somebody is or what they may do, is a field of its own, or has other characters than letters, digits and _ . : - in it: %s', 'rudr-sync' ), implode( ', ', $not ) ) );
		}
		return $keys;
	}

	/**
	 * Addresses and networks that may call.
	 *
	 * @param string $text A line each.
	 * @return string[]
	 * @throws Command_Error If one is neither.
	 */
	private static function addresses( string $text ): array {
		$addresses = self::of_lines( $text );
		$not       = array_filter( $addresses, static fn( string $address ): bool => null === Caller::network( $address ) );
		if ( $not ) {
			/* translators: %s: what was entered. */
			throw new Command_Error( sprintf( __( 'Neither an address such as 203.0.113.7 nor a network such as 10.0.0.0/8: %s', 'rudr-sync' ), implode( ', ', $not ) ) );
		}
		return $addresses;
	}

	/**
	 * A list as text.
	 *
	 * @param array<mixed> $words Words.
	 */
	private static function lines( array $words ): string {
		return implode( "\n", array_filter( $words, 'is_string' ) );
	}

	/**
	 * Text as a list: a line each, none twice.
	 *
	 * @param string $text Text.
	 * @return string[]
	 */
	public static function of_lines( string $text ): array {
		return array_values( array_unique( array_filter( array_map( 'trim', explode( "\n", $text ) ), static fn( string $line ): bool => '' !== $line ) ) );
	}
}
