<?php
// What is asked of a page, in each way in which PHP runs; and the site that it calls.

declare(strict_types=1);

if (PHP_SAPI === 'cli') {
    parse_str($argv[1], $_GET);
}

function site(string $mode, array $options = []): RudrSync\Site
{
    return new RudrSync\Site("{$_GET['remote']}/$mode", 'bot', 'page password', $options);
}
