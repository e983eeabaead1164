<?php
/**
 * The form for the receiver's rules.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Prints the form that says what other sites may do here. What stands in wp-config.php is told and cannot be changed.
 */
final class Receiver_Form {

	/**
	 * What was entered when the form was sent, else what is so.
	 *
	 * @var array<string, string>
	 */
	private readonly array $shown;

	/**
	 * Prints it for these.
	 *
	 * @param Receiver_Rules $rules The rules.
	 * @param Flash          $flash What came of it when it was sent.
	 */
	public function __construct( private readonly Receiver_Rules $rules, Flash $flash ) {
		$this->shown = array_filter( $flash->form, static fn( string $name ): bool => ! $rules->is_fixed( 'listed' === $name ? 'roles' : $name ), ARRAY_FILTER_USE_KEY ) + $rules->shown();
	}

	/**
	 * Prints it.
	 */
	public function show(): void {
		Screen_Form::begin( Receiver_Actions::RULES, 'rudr-sync-rules' );
		echo '<table class="form-table" role="presentation"><tbody>';
		$this->what_may_come();
		$this->whose_it_is();
		$this->who_may_call();
		echo '</tbody></table>';
		submit_button( __( 'Save rules', 'rudr-sync' ) );
		echo '</form>';
	}

	/**
	 * Roles and meta.
	 */
	private function what_may_come(): void {
		$this->choice(
			'roles',
			__( 'Roles that other sites may give', 'rudr-sync' ),
			array(
				Receiver_Rules::ALL    => __( 'every role that holds no power over users, plugins or options; also one that is added later', 'rudr-sync' ),
				Receiver_Rules::LISTED => __( 'only these:', 'rudr-sync' ),
			),
			array( $this, 'roles' )
		);
		$this->lines(
			'meta',
			__( 'User meta that other sites may write', 'rudr-sync' ),
			__( 'One key a line, such as phone. Keys that decide who somebody is or what they may do are never written.', 'rudr-sync' )
		);
	}

	/**
	 * The roles that there are to be given.
	 */
	public function roles(): void {
		$listed = Receiver_Rules::of_lines( $this->shown['listed'] );
		echo '<div class="rudr-sync-roles">';
		foreach ( Receiver_Rules::harmless_roles() as $role => $name ) {
			printf(
				'<label><input type="checkbox" name="listed[]" value="%s"%s> %s</label><br>',
				esc_attr( (string) $role ),
				checked( in_array( (string) $role, $listed, true ), true, false ),
				esc_html( $name )
			);
		}
		echo '</div>';
	}

	/**
	 * Accounts, and what becomes of them.
	 */
	private function whose_it_is(): void {
		$this->choice(
			'adopt',
			__( 'Accounts that are here already', 'rudr-sync' ),
			array(
				'any'    => __( 'become a user\'s as the other site says; most ask for a proof of the address', 'rudr-sync' ),
				'proven' => __( 'become a user\'s only if the other site says that they have proved their address', 'rudr-sync' ),
				'never'  => __( 'are never touched', 'rudr-sync' ),
			)
		);
		$this->tick(
			'claims',
			__( 'Accounts from before', 'rudr-sync' ),
			__( 'Believe a site that says it made an account before there was an agent', 'rudr-sync' ),
			__( 'It may then remove it too. Without this such an account counts as one that was here already.', 'rudr-sync' )
		);
		$this->choice(
			'removal',
			__( 'When a user is removed on the other site', 'rudr-sync' ),
			array(
				'remove'  => __( 'remove their account here, as far as it is that site\'s', 'rudr-sync' ),
				'suspend' => __( 'suspend it: no roles, and nobody logs in with it, until you lift that below', 'rudr-sync' ),
				'leave'   => __( 'leave it as it is', 'rudr-sync' ),
			)
		);
		if ( is_multisite() ) {
			$this->tick(
				'network_delete',
				__( 'Removal from the network', 'rudr-sync' ),
				__( 'Delete who is then on no other site of this network', 'rudr-sync' ),
				__( 'Without this a removal takes them off this site only.', 'rudr-sync' )
			);
		}
		$this->tick(
			'authority',
			__( 'Both directions', 'rudr-sync' ),
			__( 'Where the same has changed on both sites, this one is right', 'rudr-sync' ),
			__( 'Of use only if the users of this site follow to the other one too. Tick it on one of the two.', 'rudr-sync' )
		);
	}

	/**
	 * Addresses.
	 */
	private function who_may_call(): void {
		$this->lines(
			'addresses',
			__( 'From where agents may call', 'rudr-sync' ),
			__( 'One address or network a line, such as 203.0.113.7 or 10.0.0.0/8. Empty: from anywhere.', 'rudr-sync' )
		);
	}

	/**
	 * A row with a choice.
	 *
	 * @param string                $name    Name of the setting.
	 * @param string                $label   Label.
	 * @param array<string, string> $choices What it can be, and what that means.
	 * @param callable|null         $more    Prints what belongs to the last of them.
	 */
	private function choice( string $name, string $label, array $choices, ?callable $more = null ): void {
		$value = $this->shown[ $name ];
		$words = $choices[ $value ] ?? '';
		if ( ! $this->fixed( $name, $label, Receiver_Rules::LISTED === $value ? $this->shown['listed'] : $words ) ) {
			Form_Rows::choice( $name, $label, $choices, $value, $more );
		}
	}

	/**
	 * A row with something that is on or off.
	 *
	 * @param string $name  Name of the setting.
	 * @param string $label Label.
	 * @param string $text  What it does if it is on.
	 * @param string $about Description.
	 */
	private function tick( string $name, string $label, string $text, string $about ): void {
		$on = '1' === $this->shown[ $name ];
		if ( ! $this->fixed( $name, $label, $on ? $text : __( 'off', 'rudr-sync' ) ) ) {
			Form_Rows::tick( $name, $label, $text, $on, $about );
		}
	}

	/**
	 * A row with a list.
	 *
	 * @param string $name  Name of the setting.
	 * @param string $label Label.
	 * @param string $about Description.
	 */
	private function lines( string $name, string $label, string $about ): void {
		if ( ! $this->fixed( $name, $label, $this->shown[ $name ] ) ) {
			Form_Rows::lines( $name, $label, $this->shown[ $name ], $about );
		}
	}

	/**
	 * Prints a row without a field if wp-config.php decides.
	 *
	 * @param string $name  Name of the setting.
	 * @param string $label Label.
	 * @param string $value What it is.
	 * @return bool Whether it does.
	 */
	private function fixed( string $name, string $label, string $value ): bool {
		$fixed = $this->rules->is_fixed( $name );
		if ( $fixed ) {
			Form_Rows::fixed( $label, '' === $value ? __( 'none', 'rudr-sync' ) : $value, __( 'Defined in wp-config.php (RUDR_SYNC_RECEIVER).', 'rudr-sync' ) );
		}
		return $fixed;
	}
}
