--TEST--
What is sealed opens only with the same key and the same strings
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$find = function (string $sealed, array $options, string $as = 'wp') use ($fake) {
    failed(fn () => rudr_sync_find('bot@b.example', $fake->site($as, $options, $sealed)));
};
$sealed = rudr_sync_seal('app pässword', [$fake->base, 'bot'], 'key');
var_dump($sealed === rudr_sync_seal('app pässword', [$fake->base, 'bot'], 'key'), str_contains($sealed, 'app'));
$find($sealed, ['key' => 'key']);
var_dump($fake->log()[0]['password']);
$find($sealed, ['key' => 'other']);
$find($sealed, []);
$find(rudr_sync_seal('pw', [$fake->base, 'other'], 'key'), ['key' => 'key']);
$find(rudr_sync_seal('pw', ['https://other.example', 'bot'], 'key'), ['key' => 'key']);
$find(substr($sealed, 0, -4), ['key' => 'key']);
// Ids count as their digits.
var_dump(strlen(rudr_sync_seal('', ['site', 5, '5', 'mark'], 'key')) > 20);

echo "# by php.ini's key file\n";
$file = tempnam(sys_get_temp_dir(), 'rudr-sync-key-');
$script = __DIR__ . '/seal.script.php';
file_put_contents($script, '<?php require "' . __DIR__ . '/fake.inc"; failed(fn () => rudr_sync_find("bot@b.example", new RudrSync\Site("' . $fake->base . '/wp", "bot", rudr_sync_seal("pw", ["' . $fake->base . '", "bot"]))));');
foreach ([base64_encode(random_bytes(32)) . "\n", 'sesame', ''] as $key) {
    file_put_contents($file, $key);
    echo shell_exec(php($script, "-d rudr_sync.key_file=$file"));
}
unlink($file);
echo shell_exec(php($script, "-d rudr_sync.key_file=$file"));
echo shell_exec(php($script));
unlink($script);
?>
--EXPECTF--
bool(false)
bool(false)
did not fail, got 1
string(13) "app pässword"
RudrSync\Exception key_lost
RudrSync\Exception key_missing
RudrSync\Exception secret_damaged
RudrSync\Exception secret_damaged
RudrSync\Exception secret_damaged
bool(true)
# by php.ini's key file
did not fail, got 1
RudrSync\Exception key_file
RudrSync\Exception key_file
RudrSync\Exception key_file
RudrSync\Exception key_missing
