<?php
/**
 * Delivery at the end of the request.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Settles what a request has changed once it is done, and delivers it before the visitor has the whole answer.
 */
final class Inline_Delivery {

	/** Times it looks for changes: delivering may make other plugins change users. */
	private const PASSES = 2;

	/**
	 * What there is to settle, and who delivers.
	 *
	 * @param Changes   $changes   Who changed.
	 * @param Passwords $passwords Which passwords were seen.
	 * @param Proofs    $proofs    Who proved their address.
	 * @param Sites     $sites     The sites.
	 * @param Delivery  $delivery  Delivers.
	 */
	public function __construct(
		private readonly Changes $changes,
		private readonly Passwords $passwords,
		private readonly Proofs $proofs,
		private readonly Sites $sites,
		private readonly Delivery $delivery
	) {
	}

	/**
	 * Attaches it to the very end of the request, after whatever others do there.
	 */
	public function attach(): void {
		add_action( 'shutdown', array( $this, 'finish' ), PHP_INT_MAX );
	}

	/**
	 * Settles and delivers. Whatever goes wrong, the page does not: the links stay dirty.
	 */
	public function finish(): void {
		try {
			for ( $pass = 1; $pass <= self::PASSES; ++$pass ) {
				$user_ids = $this->changes->touched();
				$this->passwords->settle( $user_ids );
				if ( ! $user_ids ) {
					break;
				}
				$this->proofs->settle();
				$this->changes->settle();
				$this->deliver( $user_ids );
			}
		} catch ( \Throwable $e ) {
			// phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log -- nobody else is there to hear it. No trace: it could hold arguments.
			error_log( sprintf( 'rudr-sync: %s: %s in %s:%d', get_class( $e ), $e->getMessage(), $e->getFile(), $e->getLine() ) );
		} finally {
			$this->passwords->forget();
		}
	}

	/**
	 * Delivers to every site.
	 *
	 * @param int[] $user_ids Users.
	 */
	private function deliver( array $user_ids ): void {
		if ( Sites::extension_is_there() ) {
			foreach ( $this->sites->all() as $target ) {
				$this->delivery->run( $target, $user_ids );
			}
		}
	}
}
