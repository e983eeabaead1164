<?php
/** The demo's story: see demo.sh. */

declare(strict_types=1);

namespace RudrSync\Tests;

require __DIR__ . '/../lab/Lab.php';
require __DIR__ . '/Story.php';

$tutorial = in_array('--tutorial', $argv, true);
$started = microtime(true);
$b = Lab::site('b', 'newest');
$a = Lab::site('a', 'newest', $tutorial
    ? ['tutorial' => $b]
    : ['extension' => true, 'plugin' => true, 'source' => $b, 'delivery' => null]);
printf(
    "\nTwo sites of WordPress %s, made in %.1f s. What is done on A (%s) must be so on B (%s).\n\n",
    $b->run('return get_bloginfo("version");'),
    microtime(true) - $started,
    $tutorial ? "with the tutorial's code" : 'with rudr-sync',
    'a plain WordPress'
);

$story = new Story($b, static fn (): bool => $tutorial || $a->db()->query('SELECT 1 FROM wp_rudr_sync_links WHERE revision <> synced_revision')->num_rows === 0);
$login = 'ann';
$mail = 'ann@example.org';
$id = static fn (): int => (int) ($a->user('ann')['ID'] ?? 0);
$idOnB = static fn (): int => (int) ($b->user('ann')['ID'] ?? 0);

// Both sites do the first request of their lives slowly; that is not the story's.
$a->browser()->get('wp-login.php');
$b->rest('GET', '/');
$admin = $a->asAdmin();

$story->step('registers with the form', fn () => $a->register($login, $mail), [
    'is there' => fn () => $b->user($login) !== null,
    'email' => fn () => $b->user($login)['user_email'] === $mail,
    'role' => fn () => $b->roles($idOnB()) === ['subscriber'],
]);
$story->step('sets a password by the mailed link', fn () => $a->setPasswordByLink($a->resetLink($mail), 'first "Pass" word 1'), [
    'logs in with it' => fn () => $b->login($login, 'first "Pass" word 1'),
]);
$ann = $a->as($login, 'first "Pass" word 1');
$story->step('edits the profile', fn () => $ann->profile([
    'first_name' => 'Ann', 'last_name' => "O'Neil 🦀", 'url' => 'https://ann.example', 'description' => 'Says "hello".',
]), [
    'names' => fn () => [$b->meta($idOnB(), 'first_name'), $b->meta($idOnB(), 'last_name')] === ['Ann', "O'Neil 🦀"],
    'url' => fn () => $b->user($login)['user_url'] === 'https://ann.example',
    'description' => fn () => $b->meta($idOnB(), 'description') === $a->meta($id(), 'description'),
    'role' => fn () => $b->roles($idOnB()) === ['subscriber'],
    'still logs in' => fn () => $b->login($login, 'first "Pass" word 1'),
]);
$story->step('is made an author', fn () => $admin->userEdit($id(), ['role' => 'author']), [
    'role' => fn () => $b->roles($idOnB()) === ['author'],
    'still logs in' => fn () => $b->login($login, 'first "Pass" word 1'),
]);
$story->step('forgets it, resets it by mail', fn () => $a->resetPassword($login, $mail, 'second Pass<word> & 2'), [
    'logs in with it' => fn () => $b->login($login, 'second Pass<word> & 2'),
    'not with the old' => fn () => !$b->login($login, 'first "Pass" word 1'),
]);
$story->step('is removed', fn () => $admin->userDelete($id()), [
    'is gone' => fn () => $b->user($login) === null,
]);

$errors = array_merge($a->errors(), $b->errors());
if ($errors !== [] && !$tutorial) {
    echo "\nThe sites' error logs:\n  ", implode("\n  ", $errors), "\n";
    $story->failed = true;
}
echo "\n", $story->failed ? "B is not what it should be.\n" : "B was as it should be at every step.\n";

if (in_array('--keep', $argv, true)) {
    printf(
        "\nThe sites go on running:\n  A  %s/wp-admin/\n  B  %s/wp-admin/\n  log in as %s with %s; mails of A are in %s\n"
            . "They are stopped by  LAB=%s tests/lab/lab.sh down\n",
        $a->url(),
        $b->url(),
        Lab::ADMIN,
        Lab::PASSWORD,
        "$a->folder/mails",
        getenv('LAB')
    );
}
exit($story->failed ? 1 : 0);
