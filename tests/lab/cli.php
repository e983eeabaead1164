<?php
/** The part of lab.sh that is about sites. */

declare(strict_types=1);

namespace RudrSync\Tests;

require __DIR__ . '/Lab.php';

[, $command] = $argv;
$words = array_values(array_filter(array_slice($argv, 2), static fn (string $word) => !str_starts_with($word, '--')));
$options = [];
foreach (array_slice($argv, 2) as $word) {
    if (preg_match('/^--(\w+)(?:=(.*))?$/', $word, $found)) {
        $options[$found[1]] = isset($found[2]) ? Lab::find($found[2]) : true;
    }
}

$show = static function (Site $site): void {
    printf("%-10s WordPress %-7s %s  (%s, %s)\n", $site->name, $site->version, $site->url(), Lab::ADMIN, Lab::PASSWORD);
};

try {
    switch ($command) {
        case 'site-create':
            $show(Lab::site($words[0] ?? '', $words[1] ?? 'newest', $options));
            break;
        case 'site-destroy':
            Lab::find($words[0] ?? '')->destroy();
            break;
        case 'run':
            $result = Lab::find($words[0] ?? '')->run($words[1] ?? '', (array) json_decode($words[2] ?? '[]', true));
            echo json_encode($result, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
            break;
        case 'status':
            array_map($show, Lab::sites());
            break;
    }
} catch (LabError $e) {
    fwrite(STDERR, $e->getMessage() . "\n");
    exit(1);
}
