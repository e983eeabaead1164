<?php
/**
 * The laboratory for tests: real WordPress sites, made in about a second each.
 *
 *     require __DIR__ . '/../lab/Lab.php';
 *     $b = Lab::site('b', 'newest');
 *     $a = Lab::site('a', '6.1', ['plugin' => true, 'extension' => true, 'source' => $b]);
 *     $a->register('ann', 'ann@example.org');
 *     $b->run('return get_user_by("login", $args["login"])->user_email;', ['login' => 'ann']);
 *
 * What a site can do is in Site.php; the options of a new one are in SiteMaker.php. Starts the lab when it is
 * not up; `tests/lab/lab.sh down` stops it. LAB in the environment picks a lab of one's own.
 */

declare(strict_types=1);

namespace RudrSync\Tests;

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/' . substr($class, strlen(__NAMESPACE__) + 1) . '.php';
    if (str_starts_with($class, __NAMESPACE__ . '\\') && is_file($file)) {
        require $file;
    }
});

final class Lab
{
    /** Every site's first administrator. */
    public const ADMIN = 'admin';
    public const PASSWORD = 'lab-Administrator-1';

    public const VERSIONS = ['6.1', '6.8', 'newest'];

    /** A fresh site; one of that name that was there is destroyed. For the options see SiteMaker. */
    public static function site(string $name, string $version = 'newest', array $options = []): Site
    {
        self::up();
        if (is_file(self::folder($name) . '/site.json')) {
            self::find($name)->destroy();
        }
        Shell::run(['rm', '-rf', self::folder($name)]); // one that was only half made
        return (new SiteMaker($name, $version, $options))->make();
    }

    /** A site that is there. */
    public static function find(string $name): Site
    {
        return Site::load(self::folder($name));
    }

    /** @return array<string, Site> */
    public static function sites(): array
    {
        $sites = [];
        foreach (glob(self::run() . '/sites/*/site.json') ?: [] as $file) {
            $sites[basename(dirname($file))] = Site::load(dirname($file));
        }
        return $sites;
    }

    public static function up(): void
    {
        Shell::run([__DIR__ . '/lab.sh', 'up'], self::environment());
    }

    /** The tree of a version, fetched if need be. */
    public static function tree(string $version): string
    {
        $tree = self::cache() . "/wordpress/$version";
        if (!is_file("$tree/wp-load.php")) {
            Shell::run([__DIR__ . '/wordpress.sh', $version], self::environment());
        }
        return $tree;
    }

    public static function root(): string
    {
        return dirname(__DIR__, 2);
    }

    public static function cache(): string
    {
        return self::root() . '/target/lab';
    }

    public static function run(): string
    {
        return self::cache() . '/run/' . self::name();
    }

    /** Where sockets are: a short path. */
    public static function sockets(): string
    {
        return (string) readlink(self::run() . '/s');
    }

    public static function folder(string $site): string
    {
        return self::run() . "/sites/$site";
    }

    public static function extension(): string
    {
        $file = self::root() . '/target/rudr_sync.so';
        if (!is_file($file)) {
            throw new LabError("No extension at $file: run ./build.sh first.");
        }
        return $file;
    }

    private static function name(): string
    {
        return getenv('LAB') ?: 'main';
    }

    private static function environment(): array
    {
        return ['LAB' => self::name()];
    }
}
