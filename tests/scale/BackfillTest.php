<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use RudrSync\Bench\Crowd;

/** Tens of thousands wait, and somebody registers. */
final class BackfillTest extends ScaleTestCase
{
    private const WAIT = 50000;

    public function testWhoRegistersIsInTheNextBatchHoweverManyWait(): void
    {
        Crowd::import($this->a, self::WAIT, 9, false);
        $came = $this->a->run('
            $parts   = RudrSync\Plugin::parts();
            $batches = array();
            $reads   = static fn(): int => (int) $GLOBALS["wpdb"]->get_var( "SELECT SUM(VARIABLE_VALUE) FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME IN (\'HANDLER_READ_NEXT\', \'HANDLER_READ_RND_NEXT\', \'HANDLER_READ_KEY\', \'HANDLER_READ_PREV\')" );
            $parts->delivery->run_due(
                $parts->sites->all()["default"],
                INF,
                static function () use ( $parts, &$batches ): bool {
                    $batches[] = (int) $GLOBALS["wpdb"]->get_var( "SELECT COUNT(*) FROM wp_rudr_sync_links WHERE synced_revision > 0" );
                    if ( 3 === count( $batches ) ) {
                        wp_insert_user( array( "user_login" => "newcomer", "user_email" => "newcomer@example.org", "user_pass" => "a password" ) );
                        $parts->request_end->leave();
                    }
                    return 5 === count( $batches );
                }
            );
            $before = $reads();
            $due    = $parts->links->due( "default", 20 );
            return array( "batches" => $batches, "due" => count( $due ), "read" => $reads() - $before );
        ');
        $created = $this->remote->created();
        // The third batch was chosen already; theirs is the fourth, and they are at its head, with as many as go at once.
        $place = array_search('newcomer', $created, true);
        self::assertNotFalse($place);
        self::assertGreaterThanOrEqual($came['batches'][3], $place);
        self::assertLessThan($came['batches'][3] + 8, $place, json_encode($came['batches']));
        self::assertGreaterThan(self::WAIT - 1000, $this->waiting(), 'nearly all others wait still');

        self::assertSame(20, $came['due']);
        self::assertLessThan(1000, $came['read'], 'rows that are read to find twenty');
    }
}
