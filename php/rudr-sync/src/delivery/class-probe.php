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
 * Small requests that change nothing, to a site that did not answer or refused us. What it means is the extension's to judge:
 * this only puts it into the words of an outcome.
 */
final class Probe {

	/** It answers. */
	public const ANSWERS = array(
		'status' => 'unchanged',
		'scope'  => 'job',
		'http'   => 200,
	);

	/** An address that nobody can have. */
	private const NOBODY = 'probe@rudr-sync.invalid';

	/** What the extension says where a receiver's agent was asked as a plain site's account would be. */
	private const AGENT = 'rudr_sync_agent';

	/** The check that fails where we are not let in. */
	private const LOGIN = 'login';

	/**
	 * Asks.
	 *
	 * @param Target      $target The site.
	 * @param string|null $wire   What it last spoke.
	 * @return array<string, mixed> An outcome.
	 */
	public function ask( Target $target, ?string $wire ): array {
		try {
			if ( Site_Row::RECEIVER === $wire ) {
				return self::of_check( rudr_sync_check( $target->handle() ) );
			}
			rudr_sync_find( self::NOBODY, $target->handle() );
			return self::ANSWERS;
		} catch ( Exception $e ) {
			if ( self::AGENT === $e->getErrorCode() ) {
				// It is a receiver, of which nothing was known yet, and lets us in: the delivery finds out the rest.
				return self::ANSWERS;
			}
			return self::outcome( $e instanceof Unauthorized ? 'unauthorized' : 'retry', $e->getErrorCode(), $e->getMessage(), $e->getRetryAfter() );
		} catch ( \Throwable $e ) {
			// Its definition cannot be used.
			return self::outcome( 'retry', 'not_delivered', $e->getMessage(), null );
		}
	}

	/**
	 * What a check comes to. A receiver's agent may do nothing but hand users to it, and is nobody where the plugin is switched
	 * off: that is no reason to give the site up.
	 *
	 * @param array<int, array<string, mixed>> $steps The check's steps; the first that failed is the last.
	 * @return array<string, mixed> An outcome.
	 */
	private static function of_check( array $steps ): array {
		$last = end( $steps );
		return $last['ok'] ? self::ANSWERS : self::outcome( self::LOGIN === $last['check'] ? 'unauthorized' : 'retry', $last['check'], $last['detail'], null );
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
