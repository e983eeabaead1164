--TEST--
A value that cannot be used is a ValueError that names it, and never shows it
--FILE--
<?php
require __DIR__ . '/fake.inc';
$site = new RudrSync\Site('http://127.0.0.1:9', 'bot', 'pw');
$user = fn (array $user) => thrown(fn () => rudr_sync_create($user, $site));

echo "# a known key of the wrong type\n";
foreach (['user_login', 'user_pass', 'user_email', 'user_url', 'user_nicename', 'display_name', 'nickname', 'first_name', 'last_name', 'description', 'locale', 'role', 'user_pass_hash'] as $key) {
    $user([$key => ['x']]);
}
$user(['user_email' => 5]);
$user(['user_email' => 1.5]);
$user(['user_email' => true]);
$user(['user_email' => new ArrayObject]);
$user(['user_email' => new class {}]);
$user(['user_email' => STDIN]);
$user(['roles' => 'editor']);
$user(['roles' => [5]]);
$user(['meta_input' => 'x']);
$user(['meta_input' => ['colour' => new stdClass]]);
$user(['meta_input' => ['size' => ['w' => NAN]]]);

echo "# text that is none\n";
$user(['user_login' => "\xff"]);
$user(['meta_input' => ['colour' => "\xc3"]]);
$user(['meta_input' => ["\xc3" => 1]]);

echo "# hashes are no passwords\n";
$user(['user_pass' => '$P$B' . str_repeat('x', 30)]);
$user(['user_pass' => '$2y$10$' . str_repeat('x', 53)]);
$user(['user_pass' => '$wp$2y$10$' . str_repeat('x', 53)]);

echo "# arrays without an end\n";
$endless = ['meta_input' => []];
$endless['meta_input']['me'] = &$endless['meta_input'];
$user($endless);
$deep = 1;
for ($i = 0; $i < 100; $i++) {
    $deep = [$deep];
}
thrown(fn () => rudr_sync_create(['meta_input' => ['deep' => $deep]], $site));

echo "# ids\n";
thrown(fn () => rudr_sync_update(0, [], $site));
thrown(fn () => rudr_sync_update(-5, [], $site));
thrown(fn () => rudr_sync_delete(0, null, $site));
thrown(fn () => rudr_sync_delete(5, -1, $site));

echo "# other text\n";
thrown(fn () => rudr_sync_find("\xff", $site));
thrown(fn () => rudr_sync_check("\xff"));
thrown(fn () => rudr_sync_seal("\xff", [], 'key'));
thrown(fn () => rudr_sync_seal('x', ["\xff"], 'key'));
thrown(fn () => rudr_sync_seal('x', [[]], 'key'));
thrown(fn () => rudr_sync_seal('x', [], "\xff"));
thrown(fn () => rudr_sync_judge(null, ['x']));

echo "# a site\n";
$site = fn (...$a) => thrown(fn () => new RudrSync\Site(...$a));
$site('b.example', 'bot', 'pw');
$site('http://b.example', 'bot', 'pw');
$site('https://user:pass@b.example', 'bot', 'pw');
$site("https://b.example\xff", 'bot', 'pw');
$site('https://b.example', '', 'pw');
$site('https://b.example', 'b:ot', 'pw');
$site('https://b.example', 'bot', '');
$site('https://b.example', 'bot', "p\nw");
$site('https://b.example', 'bot', "\xff");
$site('https://b.example', 'bot', 'pw', ['adopt' => 'sometimes']);
$site('https://b.example', 'bot', 'pw', ['timeout' => 0]);
$site('https://b.example', 'bot', 'pw', ['concurrency' => '4']);
$site('https://b.example', 'bot', 'pw', ['roles' => ['editor' => 5]]);
$site('https://b.example', 'bot', 'pw', ["\xff" => 5]);
$site('https://b.example', 'bot', 'pw', ['key' => new stdClass]);
?>
--EXPECT--
# a known key of the wrong type
ValueError: rudr_sync_create(): Argument #1 ($user): user_login must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): user_pass must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): user_email must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): user_url must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): user_nicename must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): display_name must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): nickname must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): first_name must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): last_name must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): description must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): locale must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): role must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): user_pass_hash must be a string, array given
ValueError: rudr_sync_create(): Argument #1 ($user): user_email must be a string, int given
ValueError: rudr_sync_create(): Argument #1 ($user): user_email must be a string, float given
ValueError: rudr_sync_create(): Argument #1 ($user): user_email must be a string, bool given
ValueError: rudr_sync_create(): Argument #1 ($user): user_email must be plain data, ArrayObject given
ValueError: rudr_sync_create(): Argument #1 ($user): user_email must be plain data, class@anonymous given
ValueError: rudr_sync_create(): Argument #1 ($user): user_email must be plain data, resource given
ValueError: rudr_sync_create(): Argument #1 ($user): roles must be a list of strings, string given
ValueError: rudr_sync_create(): Argument #1 ($user): roles must be a list of strings, it holds int
ValueError: rudr_sync_create(): Argument #1 ($user): meta_input must be an array with string keys, string given
ValueError: rudr_sync_create(): Argument #1 ($user): meta_input.colour must be plain data, stdClass given
ValueError: rudr_sync_create(): Argument #1 ($user): meta_input.size.w must be a finite number
# text that is none
ValueError: rudr_sync_create(): Argument #1 ($user): user_login must be valid UTF-8
ValueError: rudr_sync_create(): Argument #1 ($user): meta_input.colour must be valid UTF-8
ValueError: rudr_sync_create(): Argument #1 ($user): meta_input has a key that is not valid UTF-8
# hashes are no passwords
ValueError: rudr_sync_create(): Argument #1 ($user): user_pass must be a plaintext password, a stored hash was given (pass it as user_pass_hash)
ValueError: rudr_sync_create(): Argument #1 ($user): user_pass must be a plaintext password, a stored hash was given (pass it as user_pass_hash)
ValueError: rudr_sync_create(): Argument #1 ($user): user_pass must be a plaintext password, a stored hash was given (pass it as user_pass_hash)
# arrays without an end
ValueError: rudr_sync_create(): Argument #1 ($user): meta_input.me must not hold itself
ValueError: rudr_sync_create(): Argument #1 ($user): meta_input is nested too deeply
# ids
ValueError: rudr_sync_update(): Argument #1 ($remote_id) must be greater than 0
ValueError: rudr_sync_update(): Argument #1 ($remote_id) must be greater than 0
ValueError: rudr_sync_delete(): Argument #1 ($remote_id) must be greater than 0
ValueError: rudr_sync_delete(): Argument #2 ($reassign) must be greater than or equal to 0
# other text
ValueError: rudr_sync_find(): Argument #1 ($email) must be valid UTF-8
ValueError: rudr_sync_check(): Argument #1 ($site) must be valid UTF-8
ValueError: rudr_sync_seal(): Argument #1 ($plain) must be valid UTF-8
ValueError: rudr_sync_seal(): Argument #2 ($bound): 0 must be valid UTF-8
ValueError: rudr_sync_seal(): Argument #2 ($bound): 0 must be a string, array given
ValueError: rudr_sync_seal(): Argument #3 ($key) must be valid UTF-8
ValueError: rudr_sync_judge(): Argument #2 ($outcomes): outcome must be an array, string given
# a site
ValueError: RudrSync\Site::__construct(): Argument #1 ($url) must be a whole address, such as https://example.org
ValueError: RudrSync\Site::__construct(): Argument #1 ($url) must begin with https:// (plain http would show every password on the way; for a trusted network set rudr_sync.allow_http in php.ini and allow_http on the site)
ValueError: RudrSync\Site::__construct(): Argument #1 ($url) must hold no username or password: they have places of their own
ValueError: RudrSync\Site::__construct(): Argument #1 ($url) must be valid UTF-8
ValueError: RudrSync\Site::__construct(): Argument #2 ($username) must not be empty: it is the remote account whose application password is used
ValueError: RudrSync\Site::__construct(): Argument #2 ($username) must hold no colon and no control character
ValueError: RudrSync\Site::__construct(): Argument #3 ($password) must not be empty: make an application password in the remote account's profile
ValueError: RudrSync\Site::__construct(): Argument #3 ($password) must hold no control character
ValueError: RudrSync\Site::__construct(): Argument #3 ($password) must be valid UTF-8
ValueError: RudrSync\Site::__construct(): Argument #4 ($options): adopt must be one of 'never', 'proven', 'any'
ValueError: RudrSync\Site::__construct(): Argument #4 ($options): timeout must be a number of seconds from 0.001 to 86400, int given
ValueError: RudrSync\Site::__construct(): Argument #4 ($options): concurrency must be an int of 0 or more, string given
ValueError: RudrSync\Site::__construct(): Argument #4 ($options): roles.editor must be the name of a role there, or null
ValueError: RudrSync\Site::__construct(): Argument #4 ($options): key is not valid UTF-8
ValueError: RudrSync\Site::__construct(): Argument #4 ($options): key must be plain data, stdClass given
