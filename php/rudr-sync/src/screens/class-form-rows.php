<?php
/**
 * Rows of forms.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Prints rows of a form as core's settings have them: what it is on the one side, what to enter on the other.
 */
final class Form_Rows {

	/**
	 * A line of text.
	 *
	 * @param string $name       Name of the field.
	 * @param string $label      Label.
	 * @param string $value      Value.
	 * @param string $about      Description; '' for none.
	 * @param string $attributes Further attributes, literal HTML.
	 */
	public static function text( string $name, string $label, string $value, string $about, string $attributes ): void {
		$type = str_contains( $attributes, 'type=' ) ? '' : 'type="text" ';
		self::begin( $name, $label );
		printf(
			'<input name="%1$s" id="rudr-sync-%1$s" value="%2$s" %3$s%4$s%5$s>',
			esc_attr( $name ),
			esc_attr( $value ),
			$type, // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- a literal.
			$attributes, // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- literals of our own forms.
			self::described( $name, $about ) // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- escaped there.
		);
		self::end( $name, $about );
	}

	/**
	 * Several lines of text.
	 *
	 * @param string $name  Name of the field.
	 * @param string $label Label.
	 * @param string $value Value.
	 * @param string $about Description.
	 */
	public static function lines( string $name, string $label, string $value, string $about ): void {
		self::begin( $name, $label );
		printf(
			'<textarea name="%1$s" id="rudr-sync-%1$s" class="regular-text code" rows="4" autocapitalize="none" spellcheck="false"%3$s>%2$s</textarea>',
			esc_attr( $name ),
			esc_textarea( $value ),
			self::described( $name, $about ) // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- escaped there.
		);
		self::end( $name, $about );
	}

	/**
	 * One of several. The first is the default.
	 *
	 * @param string                $name    Name of the field.
	 * @param string                $label   Label.
	 * @param array<string, string> $choices What it can be, and what that means.
	 * @param string                $chosen  Which it is.
	 * @param callable|null         $more    Prints what belongs to the last of them.
	 */
	public static function choice( string $name, string $label, array $choices, string $chosen, ?callable $more = null ): void {
		$chosen = isset( $choices[ $chosen ] ) ? $chosen : (string) array_key_first( $choices );
		printf( '<tr><th scope="row">%1$s</th><td><fieldset><legend class="screen-reader-text"><span>%1$s</span></legend>', esc_html( $label ) );
		foreach ( $choices as $value => $text ) {
			printf(
				'<label><input type="radio" name="%s" value="%s"%s> %s</label><br>',
				esc_attr( $name ),
				esc_attr( $value ),
				checked( $chosen, $value, false ),
				esc_html( $text )
			);
		}
		if ( $more ) {
			$more();
		}
		echo '</fieldset></td></tr>';
	}

	/**
	 * On or off.
	 *
	 * @param string $name  Name of the field.
	 * @param string $label Label.
	 * @param string $text  What it does if it is on.
	 * @param bool   $on    Whether it is.
	 * @param string $about Description; '' for none.
	 */
	public static function tick( string $name, string $label, string $text, bool $on, string $about = '' ): void {
		printf( '<tr><th scope="row">%s</th><td>', esc_html( $label ) );
		printf(
			'<label><input type="checkbox" name="%1$s" id="rudr-sync-%1$s" value="1"%2$s%3$s> %4$s</label>',
			esc_attr( $name ),
			checked( $on, true, false ),
			self::described( $name, $about ), // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- escaped there.
			esc_html( $text )
		);
		self::end( $name, $about );
	}

	/**
	 * What is decided elsewhere.
	 *
	 * @param string $label Label.
	 * @param string $value What it is.
	 * @param string $about Where it is decided.
	 */
	public static function fixed( string $label, string $value, string $about ): void {
		printf( '<tr><th scope="row">%s</th><td>%s<p class="description">%s</p></td></tr>', esc_html( $label ), nl2br( esc_html( $value ), false ), esc_html( $about ) );
	}

	/**
	 * Begins a row with one field.
	 *
	 * @param string $name  Name of the field.
	 * @param string $label Label.
	 */
	private static function begin( string $name, string $label ): void {
		printf( '<tr><th scope="row"><label for="rudr-sync-%1$s">%2$s</label></th><td>', esc_attr( $name ), esc_html( $label ) );
	}

	/**
	 * The attribute that leads to the description.
	 *
	 * @param string $name  Name of the field.
	 * @param string $about Description; '' for none.
	 */
	private static function described( string $name, string $about ): string {
		return '' === $about ? '' : ' aria-describedby="rudr-sync-' . esc_attr( $name ) . '-about"';
	}

	/**
	 * Ends a row, with the description.
	 *
	 * @param string $name  Name of the field.
	 * @param string $about Description; '' for none.
	 */
	private static function end( string $name, string $about ): void {
		if ( '' !== $about ) {
			printf( '<p class="description" id="rudr-sync-%s-about">%s</p>', esc_attr( $name ), esc_html( $about ) );
		}
		echo '</td></tr>';
	}
}
