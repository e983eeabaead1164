<?php
/**
 * Why a command cannot be carried out.
 *
 * @package RudrSync
 */

declare( strict_types=1 );

namespace RudrSync;

defined( 'ABSPATH' ) || exit;

/**
 * What a person asked for cannot be done; the message is a sentence for them, translated, with no secret in it.
 */
final class Command_Error extends \RuntimeException {
}
