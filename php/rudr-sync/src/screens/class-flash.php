<?php
/**
 * What is to be said on the next page.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Carries over a redirect what came of a form: notices, the steps of a check, and the values of a form that could not be
 * taken. For one user, shown once. Never a password.
 */
final class Flash {

	/** Where it is kept, before the user's id. */
	private const KEY = 'rudr_sync_flash_';

	/** Seconds for which it waits to be shown. */
	private const KEPT = 300;

	/**
	 * Notices.
	 *
	 * @var array<int, array{kind: string, text: string, more: string[]}>
	 */
	public array $notices = array();

	/**
	 * A check: name of the site, and the steps.
	 *
	 * @var array{site: string, steps: array<int, array{check: string, ok: bool, detail: string, fix: string}>}|null
	 */
	public ?array $check = null;

	/**
	 * Values of a form.
	 *
	 * @var array<string, string>
	 */
	public array $form = array();

	/**
	 * Adds a notice.
	 *
	 * @param string   $kind 'success', 'warning' or 'error'.
	 * @param string   $text A sentence.
	 * @param string[] $more Further lines.
	 */
	public function say( string $kind, string $text, array $more = array() ): void {
		$this->notices[] = compact( 'kind', 'text', 'more' );
	}

	/**
	 * Keeps it for the current user's next page.
	 */
	public function keep(): void {
		set_site_transient( self::key(), get_object_vars( $this ), self::KEPT );
	}

	/**
	 * Takes what was kept.
	 */
	public static function take(): self {
		$flash = new self();
		$kept  = get_site_transient( self::key() );
		if ( is_array( $kept ) ) {
			delete_site_transient( self::key() );
			$flash->notices = $kept['notices'] ?? array();
			$flash->check   = $kept['check'] ?? null;
			$flash->form    = $kept['form'] ?? array();
		}
		return $flash;
	}

	/**
	 * Where it is kept.
	 */
	private static function key(): string {
		return self::KEY . get_current_user_id();
	}

	/**
	 * Forgets what is kept for anybody.
	 */
	public static function forget_all(): void {
		global $wpdb;
		list( $table, $name ) = is_multisite() ? array( $wpdb->sitemeta, 'meta_key' ) : array( $wpdb->options, 'option_name' );
		foreach ( array( '_site_transient_', '_site_transient_timeout_' ) as $kind ) {
			// phpcs:ignore WordPress.DB -- core's table, and one of two names; where a cache keeps them they end by themselves.
			$wpdb->query( $wpdb->prepare( "DELETE FROM {$table} WHERE {$name} LIKE %s", $wpdb->esc_like( $kind . self::KEY ) . '%' ) );
		}
	}
}
