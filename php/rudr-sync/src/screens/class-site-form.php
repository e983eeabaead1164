<?php
/**
 * The form for a site.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Prints the form that adds or changes a site. An application password goes in only: there is nothing to show of one that is
 * kept.
 */
final class Site_Form {

	/**
	 * Prints it for a site.
	 *
	 * @param Stored_Site|null $site  The site; null: a new one.
	 * @param Flash            $flash What came of it when it was sent.
	 */
	public function __construct( private readonly ?Stored_Site $site, private readonly Flash $flash ) {
	}

	/**
	 * Prints it.
	 */
	public function show(): void {
		/* translators: %s: short name of a site. */
		$title = $this->site ? sprintf( __( 'Change site %s', 'rudr-sync' ), $this->site->name ) : __( 'Add site', 'rudr-sync' );
		printf( '<div class="wrap rudr-sync"><h1>%s</h1>', esc_html( $title ) );
		Screen_Notices::show( $this->flash );
		if ( ! $this->site ) {
			$this->advice();
		}
		Screen_Form::begin( Sync_Actions::SAVE, 'rudr-sync-form' );
		echo '<table class="form-table" role="presentation"><tbody>';
		$this->identity();
		$this->password();
		$this->rules();
		echo '</tbody></table><p class="submit">';
		submit_button( $this->site ? __( 'Save and test', 'rudr-sync' ) : __( 'Add and test', 'rudr-sync' ), 'primary', 'submit', false );
		printf( ' <a href="%s" class="button button-secondary">%s</a>', esc_url( Screen_Url::of() ), esc_html__( 'Cancel', 'rudr-sync' ) );
		echo '</p></form></div>';
	}

	/**
	 * What to do on the other site first.
	 */
	private function advice(): void {
		printf( '<p>%s</p>', esc_html__( 'The users of this site will follow to that one. There are two ways to let them in there:', 'rudr-sync' ) );
		printf(
			'<ul class="ul-disc"><li><strong>%s</strong> %s</li><li><strong>%s</strong> %s</li></ul>',
			esc_html__( 'Better: install this plugin there too and make an agent.', 'rudr-sync' ),
			esc_html__( 'It needs no PHP extension there. Under Users → Sync → This site as a receiver, Make an agent shows the address, the username and the application password to enter here. They open nothing else there. Passwords go as they are stored, never readable, and removals, multisites and many users at once work as well.', 'rudr-sync' ),
			esc_html__( 'Without a plugin there: use an administrator\'s application password.', 'rudr-sync' ),
			esc_html__( 'WordPress lets nobody with less edit users. Make an account with the role Administrator for this alone, and keep its application password as you keep an administrator\'s: whoever gets hold of it is one there.', 'rudr-sync' )
		);
	}

	/**
	 * Which site it is, and as whom we go there.
	 */
	private function identity(): void {
		if ( $this->site ) {
			printf( '<input type="hidden" name="site" value="%1$s"><input type="hidden" name="change" value="1">', esc_attr( $this->site->name ) );
		} else {
			Form_Rows::text(
				'site',
				__( 'Short name', 'rudr-sync' ),
				$this->value( 'site', Sites::ONLY ),
				__( 'What the site is called here and in commands: small letters and digits. It cannot be changed later.', 'rudr-sync' ),
				'class="regular-text" required maxlength="64" pattern="[a-z0-9][a-z0-9_\-]*" autocapitalize="none" spellcheck="false"'
			);
		}
		Form_Rows::text(
			'url',
			__( 'Address', 'rudr-sync' ),
			$this->value( 'url', $this->site->url ?? '' ),
			$this->site
				? __( 'Change it only if this very WordPress has moved. Another WordPress is another site.', 'rudr-sync' )
				: __( 'As under Settings → General there. Without permalinks add /?rest_route=/', 'rudr-sync' ),
			'type="url" class="regular-text code" required placeholder="https://"'
		);
		Form_Rows::text(
			'username',
			__( 'Username there', 'rudr-sync' ),
			$this->value( 'username', $this->site->username ?? '' ),
			'',
			'class="regular-text" required autocomplete="off" autocapitalize="none" spellcheck="false"'
		);
	}

	/**
	 * The application password.
	 */
	private function password(): void {
		Form_Rows::text(
			'password',
			__( 'Application password', 'rudr-sync' ),
			'',
			( $this->site ? __( 'Leave it empty to keep the present one.', 'rudr-sync' ) . ' ' : '' )
				. __( 'As Make an agent has shown it there; without the plugin there, made in that account\'s profile under Application Passwords. It is sealed before it is stored, and is not shown again.', 'rudr-sync' ),
			'type="password" class="regular-text code" autocomplete="new-password" spellcheck="false"' . ( $this->site ? '' : ' required' )
		);
	}

	/**
	 * The rules that a person may want otherwise.
	 */
	private function rules(): void {
		$this->choice(
			'adopt',
			__( 'Accounts that are there already', 'rudr-sync' ),
			array(
				'proven' => __( 'become a user\'s once they have proved their address by a mailed link here, or you confirm it', 'rudr-sync' ),
				'any'    => __( 'become a user\'s if the address is the same: I vouch that this site verifies every address', 'rudr-sync' ),
				'never'  => __( 'are never touched', 'rudr-sync' ),
			)
		);
		$this->choice(
			'remove',
			__( 'When a user is removed here', 'rudr-sync' ),
			array(
				'own'   => __( 'remove their account there if it was made from here', 'rudr-sync' ),
				'all'   => __( 'remove their account there in any case', 'rudr-sync' ),
				'never' => __( 'leave their account there', 'rudr-sync' ),
			)
		);
		$this->choice(
			'authority',
			__( 'If its users follow to here as well, and both have changed the same', 'rudr-sync' ),
			array(
				'here'  => __( 'this site is right', 'rudr-sync' ),
				'there' => __( 'that site is right', 'rudr-sync' ),
			)
		);
		Form_Rows::text(
			'guard',
			__( 'Accident guard', 'rudr-sync' ),
			$this->value( 'guard', (string) ( $this->site->options['guard'] ?? '' ) ),
			__( 'How many accounts there may be removed, or lose all roles or get another address, within an hour before you are asked. Empty: 20, or 5 in 100 of the users who follow, if that is more. 0: any number.', 'rudr-sync' ),
			'type="number" class="small-text" min="0" max="999999999"'
		);
	}

	/**
	 * Prints a row with a choice. The first is the extension's default.
	 *
	 * @param string                $name    Name of the option.
	 * @param string                $label   Label.
	 * @param array<string, string> $choices What it can be, and what that means.
	 */
	private function choice( string $name, string $label, array $choices ): void {
		Form_Rows::choice( $name, $label, $choices, $this->value( $name, (string) ( $this->site->options[ $name ] ?? '' ) ) );
	}

	/**
	 * What was entered when the form was sent, else what is so.
	 *
	 * @param string $name Name of the field.
	 * @param string $now  What is so.
	 */
	private function value( string $name, string $now ): string {
		return $this->flash->form[ $name ] ?? $now;
	}
}
