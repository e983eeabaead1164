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

	/** The status of an answer to somebody who is known and may not. */
	private const FORBIDDEN = 403;

	/** It answers. */
	private const ANSWERS = array(
		'status' => 'unchanged',
		'scope'  => 'job',
		'http'   => 200,
	);

	/** An address that nobody can have. */
	private const NOBODY = 'probe@rudr-sync.invalid';

	/** A receiver's own agent is let in nowhere else, and is told so: the receiver is there. */
	private const IS_AGENT = 'rudr_sync_agent';

	/**
	 * Asks.
	 *
	 * @param Target      $target The site.
	 * @param string|null $wire   What it last spoke.
	 * @return array<string, mixed> An outcome.
	 */
	public function ask( Target $target, ?string $wire = null ): array {
		try {
			rudr_sync_find( self::NOBODY, $target->handle() );
			return self::ANSWERS;
		} catch ( Exception $e ) {
			if ( self::IS_AGENT === $e->getErrorCode() ) {
				return self::ANSWERS;
			}
			// An agent is nobody where its plugin is switched off: that is no reason to give the site up.
			$is_refused = $e instanceof Unauthorized && ( Site_Row::RECEIVER !== $wire || self::FORBIDDEN !== $e->getStatus() );
			return self::outcome( $is_refused ? 'unauthorized' : 'retry', $e->getErrorCode(), $e->getMessage(), $e->getRetryAfter() );
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
