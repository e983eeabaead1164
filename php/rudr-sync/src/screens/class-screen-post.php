<?php
/**
 * Forms that were sent.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What taking any of our forms begins and ends with: asks who sends it and whether the form was ours, reads its fields, and goes
 * back to the screen.
 */
final class Screen_Post {

	/**
	 * Takes a form that is sent to admin-post.php.
	 *
	 * @param string                            $action Its name.
	 * @param Flash                             $flash  What is to be said of it on the next page.
	 * @param callable(): bool                  $may    Whether the current user may.
	 * @param callable(): array<string, string> $act    Does it, and says where on the screen to go.
	 * @param array<string, string>             $part   The part of the screen where it stands.
	 */
	public static function take( string $action, Flash $flash, callable $may, callable $act, array $part = array() ): void {
		add_action(
			"admin_post_{$action}",
			static function () use ( $action, $flash, $may, $act, $part ): void {
				self::guard( $action, $may() );
				try {
					$back = $act();
				} catch ( Command_Error $e ) {
					$flash->say( 'error', $e->getMessage() );
					$back = array();
				} catch ( Database_Error $e ) {
					$flash->say( 'error', Command_Error::of_database( $e )->getMessage() );
					$back = array();
				}
				$flash->keep();
				wp_safe_redirect( Screen_Url::of( $back + $part, '' !== self::field( Screen_Url::NETWORK ) ) );
				exit;
			}
		);
	}

	/**
	 * Ends here with whoever may not, or did not send our own form.
	 *
	 * @param string $action Its name.
	 * @param bool   $may    Whether the current user may.
	 */
	public static function guard( string $action, bool $may ): void {
		if ( ! $may ) {
			wp_die( esc_html__( 'Sorry, you are not allowed to do that.' ), '', array( 'response' => 403 ) ); // phpcs:ignore WordPress.WP.I18n.MissingArgDomain -- core's own sentence.
		}
		check_admin_referer( $action, Screen_Form::NONCE );
	}

	/**
	 * A field of the form that was sent.
	 *
	 * @param string $name Its name.
	 */
	public static function field( string $name ): string {
		// phpcs:ignore WordPress.Security.NonceVerification.Missing -- it was checked.
		return isset( $_POST[ $name ] ) && is_string( $_POST[ $name ] ) ? sanitize_text_field( wp_unslash( $_POST[ $name ] ) ) : '';
	}

	/**
	 * What was entered in a field, in as many lines as it has, or boxes that were ticked, each in a line. What has no place in it is
	 * for others to say: it is not taken away here, where nobody would be told.
	 *
	 * @param string $name The field's name.
	 */
	public static function as_entered( string $name ): string {
		// phpcs:ignore WordPress.Security.ValidatedSanitizedInput,WordPress.Security.NonceVerification.Missing -- see above.
		$sent = wp_unslash( $_POST[ $name ] ?? '' );
		return wp_check_invalid_utf8( implode( "\n", array_filter( (array) $sent, 'is_string' ) ) );
	}
}
