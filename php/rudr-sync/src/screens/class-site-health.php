<?php
/**
 * Tools → Site Health.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * Says there what needs a person.
 */
final class Site_Health {

	/** The test's name. */
	public const TEST = 'rudr_sync';

	/**
	 * Says these.
	 *
	 * @param Findings $findings What there is to say.
	 */
	public function __construct( private readonly Findings $findings ) {
	}

	/**
	 * Adds the test.
	 *
	 * @param array<string, mixed> $tests Tests that are there.
	 * @return array<string, mixed>
	 */
	public function with_test( array $tests ): array {
		$tests['direct'][ self::TEST ] = array(
			'label' => __( 'Users in step with other sites', 'rudr-sync' ),
			'test'  => array( $this, 'result' ),
		);
		return $tests;
	}

	/**
	 * What it came to, in core's words.
	 *
	 * @return array<string, mixed>
	 */
	public function result(): array {
		$findings = $this->findings->all();
		$critical = in_array( Findings::CRITICAL, array_column( $findings, 'level' ), true );
		$text     = '';
		foreach ( $findings as $finding ) {
			$text .= sprintf( '<li>%s</li>', esc_html( $finding['text'] ) );
		}
		return array(
			'label'       => match ( true ) {
				$critical => __( 'Users do not follow to other sites as they should', 'rudr-sync' ),
				array() !== $findings => __( 'Some users are not in step with other sites', 'rudr-sync' ),
				default => __( 'Users follow to other sites', 'rudr-sync' ),
			},
			'status'      => match ( true ) {
				$critical => 'critical',
				array() !== $findings => 'recommended',
				default => 'good',
			},
			'badge'       => array(
				'label' => __( 'Users', 'rudr-sync' ),
				'color' => 'blue',
			),
			'description' => '' === $text
				? sprintf( '<p>%s</p>', esc_html__( 'Nobody who changed here waits for an administrator.', 'rudr-sync' ) )
				: "<ul>{$text}</ul>",
			'actions'     => Access::is_given()
				? sprintf( '<p><a href="%s">%s</a></p>', esc_url( Screen_Url::of( array(), is_multisite() ) ), esc_html__( 'Go to Users → Sync', 'rudr-sync' ) )
				: '',
			'test'        => self::TEST,
		);
	}
}
