--TEST--
A process that answers request after request sees at once what has changed in php.ini's file
--FILE--
<?php
require __DIR__ . '/fake.inc';
$dir = sys_get_temp_dir() . '/rudr-sync-changed-' . getmypid();
mkdir($dir, 0700);
$write = function (string $name, string $agent) use ($dir): void {
    file_put_contents("$dir/sites.toml", "[sites.$name]\nurl = 'https://b.example'\nusername = '$agent'\npassword = 'sesame'\n");
    clearstatcache();
};
$write('one', 'bot');
file_put_contents("$dir/index.php", '<?php try { echo json_encode(rudr_sync_sites()); } catch (RudrSync\Exception $e) { echo $e->getErrorCode(); }');
$server = proc_open('exec ' . php('', "-d rudr_sync.sites=$dir/sites.toml -S 127.0.0.1:0 -t $dir"), [['pipe', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes);
$said = '';
while (!preg_match('~http://([0-9.:]+)~', $said, $found)) {
    $said .= fgets($pipes[2]) ?: exit("it did not start: $said");
}
$ask = fn (string $when) => print("$when: " . file_get_contents("http://$found[1]/") . "\n");

$ask('new');
$write('one', 'tob');
$ask('at once');
// What changed less than two seconds ago might change again without a sign, and is not kept.
while (time() - filectime("$dir/sites.toml") < 4) {
    usleep(100_000);
}
$ask('old');
$ask('kept');
$write('two', 'bot');
$ask('changed');
unlink("$dir/sites.toml");
$ask('gone');

proc_terminate($server);
unlink("$dir/index.php");
rmdir($dir);
?>
--EXPECT--
new: {"one":{"url":"https:\/\/b.example","username":"bot","options":[]}}
at once: {"one":{"url":"https:\/\/b.example","username":"tob","options":[]}}
old: {"one":{"url":"https:\/\/b.example","username":"tob","options":[]}}
kept: {"one":{"url":"https:\/\/b.example","username":"tob","options":[]}}
changed: {"two":{"url":"https:\/\/b.example","username":"bot","options":[]}}
gone: site_file
