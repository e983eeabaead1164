--TEST--
A check says step by step what works, and how to mend what does not
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
foreach (['wp', 'denied', 'html', 'nowhere'] as $mode) {
    echo "# $mode\n";
    foreach (rudr_sync_check($fake->site($mode)) as $step) {
        echo implode(' ', array_keys($step)), ' | ', $step['check'], ' ', json_encode($step['ok']), ' ', $step['fix'] === '' ? '' : 'with a fix', "\n";
    }
}
?>
--EXPECT--
# wp
check ok detail fix | address true 
check ok detail fix | connect true 
check ok detail fix | wordpress true 
check ok detail fix | application_passwords true 
check ok detail fix | login true 
check ok detail fix | rights false with a fix
# denied
check ok detail fix | address true 
check ok detail fix | connect true 
check ok detail fix | wordpress false with a fix
# html
check ok detail fix | address true 
check ok detail fix | connect true 
check ok detail fix | wordpress false with a fix
# nowhere
check ok detail fix | address true 
check ok detail fix | connect true 
check ok detail fix | wordpress false with a fix
