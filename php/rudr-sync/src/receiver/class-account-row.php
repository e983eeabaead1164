<?php
/**
 * What the row of an account cannot hold.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Of the columns of the users table: what does not fit into them, and which of them core means when it says no. A field that
 * is to blame is left out, so that it holds nothing else back.
 */
final class Account_Row {

	/** What `wp_insert_user()` and `wp_update_user()` say no to, and because of which field. */
	private const BLAMES = array(
		'existing_user_email'    => 'user_email',
		'user_url_too_long'      => 'user_url',
		'user_nicename_too_long' => 'user_nicename',
		'empty_user_nicename'    => 'user_nicename',
	);

	/**
	 * The row in this database.
	 *
	 * @param \wpdb $db WordPress's database.
	 */
	public function __construct( private readonly \wpdb $db ) {
	}

	/**
	 * The field because of which core says no.
	 *
	 * @param \WP_Error $error What core says.
	 */
	public static function blamed( \WP_Error $error ): ?string {
		return self::BLAMES[ $error->get_error_code() ] ?? null;
	}

	/**
	 * The columns that cannot hold what is meant for them: too long, or of another character set. Core would not write the row
	 * at all, and not always say so.
	 *
	 * @param array<string, mixed> $row Values by column.
	 * @return string[]
	 */
	public function unfit( array $row ): array {
		return array_keys(
			array_filter(
				$row,
				fn( $value, string $column ): bool => is_string( $value ) && '' !== $value
					&& $this->db->strip_invalid_text_for_column( $this->db->users, $column, $value ) !== $value,
				ARRAY_FILTER_USE_BOTH
			)
		);
	}
}
