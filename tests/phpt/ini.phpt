--TEST--
Settings have their defaults, say who may change them, and refuse nonsense aloud
--FILE--
<?php
foreach (ini_get_all('rudr_sync') as $name => $setting) {
    printf("%-26s %-4s %d\n", $name, json_encode($setting['global_value']), $setting['access']);
}
function set(string $name, string $value): void {
    echo "$name = '$value': ", json_encode(ini_set($name, $value)), ' ', ini_get($name), "\n";
}
set('rudr_sync.timeout', '7.5');
set('rudr_sync.timeout', 'soon');
set('rudr_sync.timeout', '0');
set('rudr_sync.timeout', '-1');
set('rudr_sync.connect_timeout', 'NAN');
set('rudr_sync.connect_timeout', '99999999999');
set('rudr_sync.concurrency', '8');
set('rudr_sync.concurrency', '0');
set('rudr_sync.concurrency', '65');
set('rudr_sync.concurrency', '4.5');
set('rudr_sync.sites', '/etc/passwd');
set('rudr_sync.allow_http', '1');
ini_restore('rudr_sync.timeout');
var_dump(ini_get('rudr_sync.timeout'));

set_error_handler(function ($level, $message) { throw new ErrorException($message); });
try {
    ini_set('rudr_sync.timeout', 'soon');
} catch (ErrorException $e) {
    echo 'thrown: ', $e->getMessage(), "\n";
}
?>
--EXPECTF--
rudr_sync.allow_http       "0"  4
rudr_sync.ca_file          ""   4
rudr_sync.concurrency      "4"  7
rudr_sync.connect_timeout  "5"  7
rudr_sync.idle_timeout     "15" 4
rudr_sync.key_file         ""   4
rudr_sync.sites            ""   4
rudr_sync.timeout          "20" 7
rudr_sync.timeout = '7.5': "20" 7.5
rudr_sync.timeout = 'soon': 
Warning: rudr_sync: a timeout must be a number of seconds from 0.001 to 86400; the old value stays in %s on line %d
false 7.5
rudr_sync.timeout = '0': 
Warning: rudr_sync: a timeout must be a number of seconds from 0.001 to 86400; the old value stays in %s on line %d
false 7.5
rudr_sync.timeout = '-1': 
Warning: rudr_sync: a timeout must be a number of seconds from 0.001 to 86400; the old value stays in %s on line %d
false 7.5
rudr_sync.connect_timeout = 'NAN': 
Warning: rudr_sync: a timeout must be a number of seconds from 0.001 to 86400; the old value stays in %s on line %d
false 5
rudr_sync.connect_timeout = '99999999999': 
Warning: rudr_sync: a timeout must be a number of seconds from 0.001 to 86400; the old value stays in %s on line %d
false 5
rudr_sync.concurrency = '8': "4" 8
rudr_sync.concurrency = '0': 
Warning: rudr_sync.concurrency must be between 1 and 64; the old value stays in %s on line %d
false 8
rudr_sync.concurrency = '65': 
Warning: rudr_sync.concurrency must be between 1 and 64; the old value stays in %s on line %d
false 8
rudr_sync.concurrency = '4.5': 
Warning: rudr_sync.concurrency must be between 1 and 64; the old value stays in %s on line %d
false 8
rudr_sync.sites = '/etc/passwd': false 
rudr_sync.allow_http = '1': false 0
string(2) "20"
thrown: rudr_sync: a timeout must be a number of seconds from 0.001 to 86400; the old value stays
