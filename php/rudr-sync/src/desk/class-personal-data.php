<?php
/**
 * What we keep of a person, for WordPress's privacy tools.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Takes part in *Tools → Export Personal Data* and *Erase Personal Data*, and suggests what a privacy policy should say.
 *
 * What is kept are links. None is erased on request: without it the account elsewhere would be forgotten, not removed. It goes by
 * itself once the user is removed here and the account there; of who was removed here login and address wait until then. So the
 * eraser says what stays, and why.
 */
final class Personal_Data {

	/** Our name among those who take part. */
	private const ID = 'rudr-sync';

	/**
	 * Reads links there.
	 *
	 * @param Link_Report $report How the users stand.
	 */
	public function __construct( private readonly Link_Report $report ) {
	}

	/**
	 * Takes part in one of the two.
	 *
	 * @param array<mixed>    $all    Who else does.
	 * @param string          $method What is asked of us: `export` or `erase`.
	 * @param \Closure(): Desk $desk   What a person sees and orders.
	 * @return array<mixed>
	 */
	public static function take_part( array $all, string $method, \Closure $desk ): array {
		// For the two filters: one reads the one half, one the other.
		$all[ self::ID ] = array(
			'exporter_friendly_name' => __( 'Accounts on other sites', 'rudr-sync' ),
			'eraser_friendly_name'   => __( 'Accounts on other sites', 'rudr-sync' ),
			'callback'               => static fn( string $email ): array => ( new self( $desk()->report ) )->$method( $email ),
		);
		return $all;
	}

	/**
	 * What is kept of whoever has an address.
	 *
	 * @param string $email Address.
	 * @return array{data: array<int, array<string, mixed>>, done: bool}
	 */
	public function export( string $email ): array {
		return array(
			'data' => array_map( array( $this, 'item' ), $this->report->of_address( $email ) ),
			'done' => true,
		);
	}

	/**
	 * What of it stays, and why.
	 *
	 * @param string $email Address.
	 * @return array{items_removed: bool, items_retained: bool, messages: string[], done: bool}
	 */
	public function erase( string $email ): array {
		$messages = array();
		foreach ( $this->report->of_address( $email ) as $line ) {
			$messages[] = sprintf(
				$line->missing
					/* translators: 1: login of a user, 2: short name of a site. */
					? __( 'Login and address of %1$s are kept until their account on %2$s is removed. See to it under Users → Sync if that does not come about, or unlink them there: the account then stays, and nothing is kept.', 'rudr-sync' )
					/* translators: 1: login of a user, 2: short name of a site. */
					: __( 'Which account on %2$s is that of %1$s is kept as long as they are a user here: remove the user, and the account there is removed too, by the rules of that site.', 'rudr-sync' ),
				$line->name(),
				$line->site
			);
		}
		return array(
			'items_removed'  => false,
			'items_retained' => array() !== $messages,
			'messages'       => $messages,
			'done'           => true,
		);
	}

	/**
	 * Suggests a paragraph for the privacy policy.
	 */
	public static function suggest(): void {
		wp_add_privacy_policy_content(
			'Rudr Sync',
			'<p class="privacy-policy-tutorial">' . esc_html__( 'Users of this site follow to the sites that are listed under Users → Sync: name them, and who runs them.', 'rudr-sync' ) . '</p>'
			. '<p><strong class="privacy-policy-tutorial">' . esc_html__( 'Suggested text:', 'rudr-sync' ) . '</strong> '
			. esc_html__( 'If you have an account here, you have one on these sites as well: [names]. Your username, e-mail address, names, website, biography, language and roles are passed on to them when they change, and so is your password, so that it is the same there; on this site a new one is kept, encrypted, until it has arrived. When your account here is removed, the one there is removed too.', 'rudr-sync' ) . '</p>'
		);
	}

	/**
	 * A link, as the export has it.
	 *
	 * @param Link_Line $line The link.
	 * @return array<string, mixed>
	 */
	private function item( Link_Line $line ): array {
		$values = array(
			__( 'Site', 'rudr-sync' )          => $line->site,
			__( 'Login here', 'rudr-sync' )    => $line->name(),
			__( 'Account there', 'rudr-sync' ) => trim( $line->remote_id . ' ' . $line->remote_login ),
			__( 'Last in step', 'rudr-sync' )  => null === $line->last_success ? '' : gmdate( 'Y-m-d H:i:s', time() - $line->last_success ) . ' UTC',
			__( 'Removed here, to be removed there', 'rudr-sync' ) => $line->missing ? __( 'yes', 'rudr-sync' ) : '',
		);
		$data   = array();
		foreach ( array_filter( $values, 'strlen' ) as $name => $value ) {
			$data[] = compact( 'name', 'value' );
		}
		return array(
			'group_id'    => self::ID,
			'group_label' => __( 'Accounts on other sites', 'rudr-sync' ),
			'item_id'     => self::ID . "-{$line->site}-{$line->user_id}",
			'data'        => $data,
		);
	}
}
