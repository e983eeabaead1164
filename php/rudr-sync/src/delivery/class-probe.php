<?php
/**
 * Does a site answer again?
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * One small request that changes nothing, to a site that did not answer or refused us. What it means is the extension's to
 * judge: this only puts it into the words of an outcome.
 */
final class Probe {

	/** An address that nobody can have. */
	private const NOBODY = 'probe@rudr-sync.invalid';

	/**
	 * Asks.
	 *
	 * @param Target $target The site.
	 * @return array<string, mixed> An outcome.
	 */
	public function ask( Target $target ): array {
		try {
			rudr_sync_find( self::NOBODY, $target->handle() );
			return array(
				'status' => 'unchanged',
				'scope'  => 'job',
				'http'   => 200,
			);
		} catch ( Exception $e ) {
			return self::outcome( $e instanceof Unauthorized ? 'unauthorized' : 'retry', $e->getErrorCode(), $e->getMessage(), $e->getRetryAfter() );
		} catch ( \Throwable $e ) {
			// Its definition cannot be used.
			return self::outcome( 'retry', 'not_delivered', $e->getMessage(), null );
		}
	}

	/**
	 * The outcome that the site as a whole can't be worked with.
	 *
	 * @param string   $status  Status.
	 * @param string   $code    Code.
	 * @param string   $message For a person.
	 * @param int|null $due     Seconds for which it asks to be left alone.
	 * @return array<string, mixed>
	 */
	private static function outcome( string $status, string $code, string $message, ?int $due ): array {
		return array(
			'status'  => $status,
			'scope'   => 'site',
			'code'    => $code,
			'message' => $message,
			'due'     => $due,
		);
	}
}
