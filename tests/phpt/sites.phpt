--TEST--
Sites of php.ini's file: by name, default by null, and only for code in the folders that may
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$dir = sys_get_temp_dir() . '/rudr-sync-sites-' . getmypid();
mkdir("$dir/ours", 0700, true);
mkdir("$dir/theirs");
mkdir("$dir/linked");
file_put_contents("$dir/password", "from a file\n");
file_put_contents("$dir/sites.toml", "
[sites.default]
url = '$fake->base/wp'
username = 'bot'
password = 'in the file'
adopt = 'any'

[sites.ours]
url = '$fake->base/wp'
username = 'bot'
password_file = 'password'
key = 'sesame'
allow = ['$dir/ours']

[sites.broken]
url = 'nonsense'
username = 'bot'
password = 'sesame'
");
$code = '<?php
require "' . __DIR__ . '/fake.inc";
echo implode(" ", array_keys(rudr_sync_sites())), "\n";
foreach ([null, "default", "ours", "theirs", "broken", ""] as $name) {
    echo json_encode($name), " ";
    failed(fn () => rudr_sync_find("bot@b.example", $name));
}
foreach (["call_user_func" => fn () => call_user_func("rudr_sync_find", "bot@b.example", "ours"), "eval" => fn () => eval("return rudr_sync_find(\"bot@b.example\", \"ours\");")] as $how => $call) {
    echo "$how ";
    failed($call);
}
';
file_put_contents("$dir/ours/code.php", $code);
file_put_contents("$dir/theirs/code.php", $code);
symlink("$dir/theirs/code.php", "$dir/linked/code.php");
symlink("$dir/linked/code.php", "$dir/ours/linked.php");
foreach (['ours/code.php', 'theirs/code.php', 'ours/linked.php'] as $file) {
    echo "# $file\n";
    passthru(php("$dir/$file", "-d rudr_sync.sites=$dir/sites.toml"));
}
echo "# code without a file\n";
passthru(php('', "-d rudr_sync.sites=$dir/sites.toml") . " -r 'echo json_encode(array_keys(rudr_sync_sites())), rudr_sync_find(\"bot@b.example\"), \"\\n\";'");

echo "# what is told\n";
file_put_contents("$dir/ours/tell.php", '<?php echo json_encode(rudr_sync_sites()["ours"]), "\n"; $e = ob_start(); print_r(rudr_sync_sites()); echo str_contains(ob_get_clean(), "sesame") ? "SEEN" : "no secret", "\n";');
echo strtr(shell_exec(php("$dir/ours/tell.php", "-d rudr_sync.sites=$dir/sites.toml")), [str_replace('/', '\/', $fake->base) => 'BASE']);

echo "# passwords\n";
echo implode(', ', array_unique(array_column($fake->log(), 'password'))), "\n";

echo "# files that are none\n";
file_put_contents("$dir/ours/one.php", '<?php require "' . __DIR__ . '/fake.inc"; failed(fn () => rudr_sync_check()); failed(fn () => rudr_sync_sites());');
file_put_contents("$dir/bad.toml", "[sites.a]\npassword = 'sesame\n");
foreach (['', "$dir/missing.toml", "$dir/bad.toml", "$dir/password"] as $file) {
    echo shell_exec(php("$dir/ours/one.php", "-d rudr_sync.sites=$file"));
}
foreach (['ours/code.php', 'ours/linked.php', 'ours/tell.php', 'ours/one.php', 'theirs/code.php', 'linked/code.php', 'password', 'sites.toml', 'bad.toml'] as $file) {
    unlink("$dir/$file");
}
array_map('rmdir', ["$dir/ours", "$dir/theirs", "$dir/linked", $dir]);
?>
--EXPECTF--
# ours/code.php
broken default ours
null did not fail, got 1
"default" did not fail, got 1
"ours" did not fail, got 1
"theirs" RudrSync\Exception site_unknown
"broken" RudrSync\Exception site_file
"" RudrSync\Exception site_unknown
call_user_func did not fail, got 1
eval RudrSync\Exception site_unknown
# theirs/code.php
broken default
null did not fail, got 1
"default" did not fail, got 1
"ours" RudrSync\Exception site_unknown
"theirs" RudrSync\Exception site_unknown
"broken" RudrSync\Exception site_file
"" RudrSync\Exception site_unknown
call_user_func RudrSync\Exception site_unknown
eval RudrSync\Exception site_unknown
# ours/linked.php
broken default
null did not fail, got 1
"default" did not fail, got 1
"ours" RudrSync\Exception site_unknown
"theirs" RudrSync\Exception site_unknown
"broken" RudrSync\Exception site_file
"" RudrSync\Exception site_unknown
call_user_func RudrSync\Exception site_unknown
eval RudrSync\Exception site_unknown
# code without a file
["broken","default"]1
# what is told
{"url":"BASE\/wp","username":"bot","options":[]}
no secret
# passwords
in the file, from a file
# files that are none
RudrSync\Exception site_unknown
did not fail, got []
RudrSync\Exception site_file
RudrSync\Exception site_file
RudrSync\Exception site_file
RudrSync\Exception site_file
RudrSync\Exception site_file
RudrSync\Exception site_file
