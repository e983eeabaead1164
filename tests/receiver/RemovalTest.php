<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** What a removal takes, what it leaves, and who comes back. */
final class RemovalTest extends ReceiverTestCase
{
    private static Sender $sender;

    public static function setUpBeforeClass(): void
    {
        self::$sender = self::sender('newest');
    }

    public function testARemovalTakesWhatWasMadeAndIsRemembered(): void
    {
        $site = self::$sender->site;
        [$job, $heir] = [Sender::somebody(), Sender::somebody()];
        [$made, $heirs] = self::$sender->jobs([$job, $heir]);
        $post = $site->run('return wp_insert_post(["post_author" => $args[0], "post_title" => "x", "post_status" => "publish"]);', [$made['id']]);
        $delete = ['op' => 'delete', 'remote_id' => $made['id'], 'reassign' => 999999] + $job;
        self::assertSame('invalid_heir', self::$sender->job($delete)['code']);
        self::assertSame('invalid_heir', self::$sender->job(['reassign' => $made['id']] + $delete)['code']);
        self::assertSame('identity_mismatch', self::$sender->job(['remote_id' => $heirs['id']] + $delete)['code']);
        self::assertNotNull($site->user($made['id']));

        $site->mark();
        self::assertSame('deleted', self::$sender->job(['reassign' => $heirs['id']] + $delete)['status']);
        self::assertNull($site->user($made['id']));
        self::assertSame($heirs['id'], (int) $site->run('return get_post($args[0])->post_author;', [$post]));
        self::assertSame('absent', self::$sender->job(['reassign' => $heirs['id']] + $delete)['status']);
        self::assertSame('gone', self::$sender->job($job)['code'], 'a job that was late brings nobody back');
        self::assertSame('gone', self::$sender->job($job + ['remote_id' => $made['id'], 'remote_login' => $made['login'], 'trust' => 'own'])['code']);
        self::assertSame([], $site->mails());

        $link = ['remote_id' => $made['id'], 'remote_login' => $made['login'], 'trust' => 'own', 'registered' => $made['registered']];
        $again = self::$sender->job($link + $job, ['recreate' => true]);
        self::assertSame('created', $again['status']);
        $heard = self::$sender->job($link + $job, ['recreate' => true]);
        self::assertSame(['created', $again['id']], [$heard['status'], $heard['id']], 'the answer was lost, and the source has the old link still');
        self::assertSame('deleted', self::$sender->job(['op' => 'delete'] + $job)['status'], 'by the row alone');
        self::aged($job, 91);
        self::assertSame('created', self::$sender->job($job)['status'], 'after 90 days it is forgotten');

        // Without an heir the agent inherits; 0: nobody.
        foreach ([null, 0] as $nobody) {
            $job = Sender::somebody();
            $id = self::$sender->job($job)['id'];
            $post = $site->run('return wp_insert_post(["post_author" => $args[0], "post_title" => "x", "post_status" => "publish"]);', [$id]);
            self::$sender->job(['op' => 'delete', 'reassign' => $nobody] + $job);
            [$author, $status] = $site->run('$p = get_post($args[0]); return [(int) $p->post_author, $p->post_status];', [$post]);
            self::assertSame($nobody === 0 ? [$id, 'trash'] : [self::$sender->agent, 'publish'], [$author, $status]);
        }
    }

    public function testWhoWasRemovedHereIsNotMadeAgainUnasked(): void
    {
        $job = Sender::somebody();
        $id = self::$sender->job($job)['id'];
        self::$sender->site->run('wp_delete_user($args[0]);', [$id]);
        self::assertSame('gone', self::$sender->job($job + ['remote_id' => $id])['code']);
        self::assertSame('created', self::$sender->job($job, ['recreate' => true])['status']);
        // While the plugin was not there to see it.
        $id = (int) self::$sender->row($job['user_id'])['local_id'];
        self::$sender->site->db()->query("DELETE FROM wp_users WHERE ID = $id");
        self::$sender->site->run('clean_user_cache($args[0]);', [$id]);
        self::assertSame('gone', self::$sender->job($job + ['remote_id' => $id])['code']);
    }

    public function testADeleteThatComesBeforeThePutIsRemembered(): void
    {
        $job = Sender::somebody();
        self::assertSame('absent', self::$sender->job(['op' => 'delete'] + $job)['status']);
        self::assertSame('gone', self::$sender->job($job)['code']);
    }

    public function testSuspendedAccountsCannotBeUsedAndComeBack(): void
    {
        $site = self::$sender->site;
        self::$sender->ruled('removal', 'suspend', function () use ($site) {
            $job = Sender::somebody(['roles' => ['author']]);
            $made = self::$sender->job($job);
            $password = "secret of {$made['login']}";
            $browser = $site->as($made['login'], $password);
            $app = $site->applicationPassword($made['login']);
            self::assertSame('deleted', self::$sender->job(['op' => 'delete'] + $job)['status']);
            self::assertSame([], $site->roles($made['id']));
            self::assertFalse($site->login($made['login'], $password));
            self::assertStringContainsString('wp-login.php', $browser->get('wp-admin/profile.php')->url, 'a session is over');
            self::assertSame(401, $site->rest('GET', 'wp/v2/users/me', null, $made['login'], $app)->status);
            self::assertSame('gone', self::$sender->job($job)['code']);
            self::assertSame('absent', self::$sender->job(['op' => 'delete'] + $job)['status']);
            $back = self::$sender->job(['remote_id' => $made['id']] + $job, ['recreate' => true]);
            self::assertSame($made['id'], $back['id'], json_encode($back));
            self::assertSame(['author'], $site->roles($made['id']));
            self::assertTrue($site->login($made['login'], $password));
        });
        self::$sender->ruled('removal', 'leave', function () use ($site) {
            $job = Sender::somebody();
            $made = self::$sender->job($job);
            self::assertSame('unlinked', self::$sender->job(['op' => 'delete'] + $job)['status']);
            self::assertSame(['subscriber'], $site->roles($made['id']));
        });
    }

    public function testWhatIsLongOverIsForgotten(): void
    {
        $job = Sender::somebody();
        self::$sender->job(['op' => 'delete'] + $job);
        self::aged($job, 91);
        self::$sender->site->run('(new RudrSync\Received($GLOBALS["wpdb"]))->tidy();');
        self::assertNull(self::$sender->row($job['user_id']));
    }

    public function testNobodyComesBackFromASuspensionByTimeAlone(): void
    {
        $site = self::$sender->site;
        self::$sender->ruled('removal', 'suspend', function () use ($site) {
            $job = Sender::somebody(['roles' => ['author']]);
            $id = self::suspended($job);
            self::aged($job, 91);
            $site->run('(new RudrSync\Received($GLOBALS["wpdb"]))->tidy();');
            self::assertSame('gone', self::$sender->job(['user' => ['first_name' => 'Late'], 'remote_id' => $id] + $job)['code']);
            self::assertSame('absent', self::$sender->job(['op' => 'delete'] + $job)['status']);
            self::assertSame([[], 'Some'], [$site->roles($id), $site->meta($id, 'first_name')]);
            self::aged($job, 91);
            self::assertSame($id, self::$sender->job(['remote_id' => $id] + $job, ['recreate' => true])['id']);
            self::assertSame(['author'], $site->roles($id));
            self::assertTrue($site->login($job['user']['user_login'], "secret of {$job['user']['user_login']}"));
        });
    }

    public function testWhoRegistersAnewAtHomeGetsTheirSuspendedAccountBack(): void
    {
        $site = self::$sender->site;
        self::$sender->ruled('removal', 'suspend', function () use ($site) {
            $job = Sender::somebody(['roles' => ['author']]);
            $id = self::suspended($job);
            $anew = ['user_id' => $job['user_id'] + 500_000, 'ref' => 1] + $job;
            self::assertSame('unproven', self::$sender->job($anew)['code'], 'anybody can register with an address');
            self::assertSame([], $site->roles($id));
            $found = self::$sender->job($anew + ['proved' => true]);
            self::assertSame(['found', $id], [$found['status'], $found['id']], json_encode($found));
            self::assertSame(['author'], $site->roles($id));
            self::assertTrue($site->login($job['user']['user_login'], "secret of {$job['user']['user_login']}"));
            // Whose it was knows nothing of it any more.
            self::assertSame('gone', self::$sender->job($job)['code']);
            self::assertSame('absent', self::$sender->job(['op' => 'delete'] + $job)['status']);
            self::assertSame(['author'], $site->roles($id));
        });
    }

    public function testASecondSiteGivesNoRolesToWhomAFirstHasSuspended(): void
    {
        $site = self::$sender->site;
        self::$sender->ruled('removal', 'suspend', function () use ($site) {
            $job = Sender::somebody(['roles' => ['author']]);
            $id = self::$sender->job($job)['id'];
            $second = Sender::to($site);
            self::assertSame($id, $second->job($job + ['proved' => true])['id']);
            self::assertSame('deleted', self::$sender->job(['op' => 'delete'] + $job)['status']);
            $link = ['remote_id' => $id, 'remote_login' => $job['user']['user_login'], 'trust' => 'adopted'];
            $told = $second->job(['user' => ['first_name' => 'Still'] + $job['user']] + $link + $job);
            self::assertSame(['updated', 'suspended'], [$told['status'], $told['refused']['roles'] ?? null], json_encode($told));
            self::assertSame(['Still', []], [$site->meta($id, 'first_name'), $site->roles($id)]);
        });
    }

    public function testASuspensionEndsOnlyForWhomTheJobMeansAndWithoutPower(): void
    {
        $site = self::$sender->site;
        self::$sender->ruled('removal', 'suspend', function () use ($site) {
            $job = Sender::somebody(['roles' => ['author']]);
            $id = self::suspended($job);
            $still = function (string $code, array $more) use ($site, $job, $id) {
                self::assertSame($code, self::$sender->job($more + $job, ['recreate' => true])['code']);
                self::assertNotContains('author', $site->roles($id));
                self::assertFalse($site->login($job['user']['user_login'], "secret of {$job['user']['user_login']}"));
                self::assertSame('gone', self::$sender->job($job)['code']);
            };
            $still('identity_mismatch', ['remote_id' => 1]);
            $still('identity_mismatch', ['remote_id' => $id, 'remote_login' => 'another']);
            $still('identity_mismatch', ['remote_id' => $id, 'registered' => '2001-01-01T00:00:00+00:00']);
            $site->run('(new WP_User($args[0]))->add_cap("edit_users");', [$id]);
            $still('privileged', ['remote_id' => $id]);
            $site->run('(new WP_User($args[0]))->remove_cap("edit_users");', [$id]);

            // What was harmless when it was taken away is not any more.
            $site->run('get_role("author")->add_cap("edit_users");');
            try {
                $no = ['user' => ['roles' => null] + $job['user']] + $job;
                self::assertSame($id, self::$sender->job($no, ['recreate' => true])['id']);
                self::assertSame([], $site->roles($id));
                self::assertTrue($site->login($job['user']['user_login'], "secret of {$job['user']['user_login']}"), 'it has ended all the same');
            } finally {
                $site->run('get_role("author")->remove_cap("edit_users");');
            }
        });
    }

    public function testADeleteIsForTheAccountThatTheLinkMeans(): void
    {
        $job = Sender::somebody();
        $made = self::$sender->job($job);
        foreach ([['remote_id' => 1], ['remote_login' => 'another'], ['registered' => '2001-01-01T00:00:00+00:00']] as $other) {
            $delete = ['op' => 'delete'] + $other + ['remote_id' => $made['id'], 'remote_login' => $made['login'], 'registered' => $made['registered']] + $job;
            self::assertSame('identity_mismatch', self::$sender->job($delete)['code'], json_encode($other));
        }
        self::assertNotNull(self::$sender->site->user($made['id']));
        self::assertSame('deleted', self::$sender->job(['op' => 'delete', 'remote_id' => $made['id'], 'remote_login' => $made['login'], 'registered' => $made['registered']] + $job)['status']);
    }

    /** Somebody who was made and suspended. */
    private static function suspended(array $job): int
    {
        $id = self::$sender->job($job)['id'];
        self::assertSame('deleted', self::$sender->job(['op' => 'delete'] + $job)['status']);
        return $id;
    }

    /** So many days after the removal. */
    private static function aged(array $job, int $days): void
    {
        self::$sender->site->db()->query("UPDATE wp_rudr_sync_received SET removed_at = UTC_TIMESTAMP() - INTERVAL $days DAY WHERE user_id = {$job['user_id']}");
    }
}
