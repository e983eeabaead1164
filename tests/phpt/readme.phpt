--TEST--
The README's examples do what it says
--FILE--
<?php
require __DIR__ . '/fake.inc';
$readme = file_get_contents(__DIR__ . '/../../README.md');
preg_match_all('/^( *)```(\w+)\n(.*?)^\1```$/ms', $readme, $found, PREG_SET_ORDER);
$examples = fn ($language, $part) => array_values(array_filter(array_column(array_filter($found, fn ($one) => $one[2] === $language), 3), fn ($code) => str_contains($code, $part)));

foreach ($examples('php', '') as $code) {
    // Compiled, and left before its first statement.
    eval("return;\n$code");
}
echo count($examples('php', '')) > 5 ? "all of it is PHP\n" : "too few\n";

// What they cannot know is put in their place.
$fake = new Fake;
$here = ['https://shop.example' => "$fake->base/wp", "'rudr-sync'" => "'bot'"];
$password = 'app password';
$plain = 'secret';
[$calls] = $examples('php', 'rudr_sync_create( [');
ob_start();
eval(strtr($calls, $here));
$checks = explode("\n", trim(ob_get_clean()));
echo implode("\n", $fake->asked()), "\n";
// The fake one gives its bot few rights.
echo implode("\n", preg_replace("/:.*/", "", $checks)), "\n";

// Every setting with its default and who may change it, as PHP knows them.
preg_match_all('/^\| `(rudr_sync\.\w+)` \| (\S*) ?\| ([\w.]+) \|/m', $readme, $rows, PREG_SET_ORDER);
$told = array_column(array_map(fn ($row) => [$row[1], [$row[2], $row[3]]], $rows), 1, 0);
$true = array_map(fn ($setting) => [(string) $setting['global_value'], $setting['access'] === INI_SYSTEM ? 'php.ini' : 'anywhere'], ini_get_all('rudr_sync'));
ksort($told);
echo $told === $true ? "every setting\n" : json_encode(['told' => $told, 'true' => $true]) . "\n";

[$toml] = $examples('toml', '[sites.default]');
$folder = sys_get_temp_dir() . '/rudr-readme.' . bin2hex(random_bytes(6));
mkdir($folder, 0700);
file_put_contents("$folder/shop.password", 'app password');
file_put_contents("$folder/sites.toml", strtr($toml, ['/var/www/main' => $folder]));
file_put_contents("$folder/sites.php", '<?php echo json_encode(rudr_sync_sites(), JSON_UNESCAPED_SLASHES), "\n";');
array_map(fn ($file) => chmod($file, 0600), glob("$folder/*"));
echo shell_exec(php("$folder/sites.php", "-d rudr_sync.sites=$folder/sites.toml"));
array_map(unlink(...), glob("$folder/*"));
rmdir($folder);
?>
--EXPECT--
all of it is PHP
POST /wp/v2/users
POST /wp/v2/users/2
GET /wp/v2/users/me
DELETE /wp/v2/users/2
GET /
GET /wp/v2/users/me
ok   address
ok   connect
ok   wordpress
ok   application_passwords
ok   login
FAIL rights
every setting
{"default":{"url":"https://shop.example","username":"rudr-sync","options":{"adopt":"proven"}}}
