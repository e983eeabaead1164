<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/**
 * Makes a site: folder, database, configuration, servers.
 *
 * Options:
 *   plugin     bool    php/rudr-sync linked into its plugins and activated; 'copy' instead of true copies it
 *   extension  bool    target/rudr_sync.so loaded, in php-fpm and on the command line
 *   source     Site    this site's users follow to that one: an application password of its first administrator
 *                      in a TOML file, which the ini setting rudr_sync.sites names; a list name => Site for many
 *   tutorial   Site    the tutorial's code (wp/tutorial.php) with that site's address and password
 *   delivery   string  RUDR_SYNC_DELIVERY: 'inline', so that what a page has changed has arrived when the page has; null: the
 *                      plugin's own default
 *   config     string  lines of PHP for its config.php, before all else
 *   ini        array   php.ini settings, php-fpm and command line
 *   pool       array   settings of its php-fpm pool, such as 'pm.max_children' => '2' or
 *                      'php_admin_value[rudr_sync.timeout]' => '3'
 *   prefix     string  of its tables; wp_
 *   multisite  bool    a network of blogs in subdirectories
 *   https      bool    by a certificate of Lab's own authority, see Tls
 */
final class SiteMaker
{
    private const OPTIONS = [
        'plugin', 'extension', 'source', 'tutorial', 'delivery', 'config', 'ini', 'pool', 'prefix', 'multisite', 'https',
    ];

    private readonly string $folder;

    public function __construct(
        private readonly string $name,
        private readonly string $version,
        private readonly array $options,
    ) {
        if (!preg_match('/^[a-z][a-z0-9_]{0,30}$/', $name)) {
            throw new LabError("'$name' is no name for a site: small letters, digits, _");
        }
        if (!in_array($version, Lab::VERSIONS, true)) {
            throw new LabError("No WordPress '$version': " . implode(', ', Lab::VERSIONS));
        }
        if ($unknown = array_diff(array_keys($options), self::OPTIONS)) {
            throw new LabError('No such option of a site: ' . implode(', ', $unknown));
        }
        $this->folder = Lab::folder($name);
    }

    public function make(): Site
    {
        $tree = Lab::tree($this->version);
        $this->folders($tree);
        $site = Ports::with(function (int $port): Site {
            $https = !empty($this->options['https']);
            $site = new Site(
                name: $this->name,
                version: $this->version,
                folder: $this->folder,
                url: ($https ? 'https' : 'http') . "://127.0.0.1:$port",
                database: 'site_' . $this->name,
                prefix: $this->options['prefix'] ?? 'wp_',
            );
            $this->describe($site, $port);
            (new Servers($site))->start();
            return $site;
        });
        $site->db()->query("DROP DATABASE IF EXISTS $site->database");
        $site->db()->query("CREATE DATABASE $site->database CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci");
        $this->install($site);
        if (!empty($this->options['tutorial'])) {
            $this->tutorial($site, $this->options['tutorial']);
        }
        if (!empty($this->options['source'])) {
            $this->source($site, $this->options['source']);
        }
        if (!empty($this->options['plugin'])) {
            $this->plugin($site);
        }
        $site->mark();
        return $site;
    }

    private function folders(string $tree): void
    {
        $content = "$this->folder/wp-content";
        foreach (['plugins', 'mu-plugins', 'uploads', 'languages', 'upgrade'] as $part) {
            mkdir("$content/$part", 0777, true);
        }
        mkdir("$this->folder/mails");
        mkdir("$this->folder/ini");
        symlink("$tree/wp-content/themes", "$content/themes");
        symlink(__DIR__ . '/wp/mu-plugin.php', "$content/mu-plugins/lab.php");
        file_put_contents("$this->folder/errors.log", '');
    }

    /** What Site::load() and wp-config.php read. */
    private function describe(Site $site, int $port): void
    {
        file_put_contents("$this->folder/site.json", json_encode([
            'name' => $site->name,
            'version' => $site->version,
            'url' => $site->url,
            'port' => $port,
            'database' => $site->database,
            'prefix' => $site->prefix,
            'extension' => !empty($this->options['extension']),
            'pool' => (object) ($this->options['pool'] ?? []),
        ], JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES));
        $site->ini($this->options['ini'] ?? []);

        $constants = [
            'DB_NAME' => $site->database,
            'DB_USER' => 'root',
            'DB_PASSWORD' => '',
            'DB_HOST' => 'localhost:' . Lab::sockets() . '/db',
            'DB_CHARSET' => 'utf8mb4',
            'DB_COLLATE' => '',
            'WP_HOME' => $site->url,
            'WP_SITEURL' => $site->url,
            'WP_CONTENT_DIR' => "$this->folder/wp-content",
            'WP_CONTENT_URL' => "$site->url/wp-content",
            // Application passwords over plain http.
            'WP_ENVIRONMENT_TYPE' => 'local',
            'DISABLE_WP_CRON' => true,
            'AUTOMATIC_UPDATER_DISABLED' => true,
            'WP_AUTO_UPDATE_CORE' => false,
            // Nothing goes out; other sites of the lab have the same host, which is not external.
            'WP_HTTP_BLOCK_EXTERNAL' => true,
            'WP_DEBUG' => true,
            'WP_DEBUG_DISPLAY' => false,
            'WP_DEBUG_LOG' => "$this->folder/errors.log",
            'FS_METHOD' => 'direct',
            'WP_MEMORY_LIMIT' => '256M',
        ];
        $delivery = array_key_exists('delivery', $this->options) ? $this->options['delivery'] : 'inline';
        if ($delivery !== null) {
            $constants['RUDR_SYNC_DELIVERY'] = $delivery;
        }
        foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $salt) {
            $constants["{$salt}_KEY"] = bin2hex(random_bytes(32));
            $constants["{$salt}_SALT"] = bin2hex(random_bytes(32));
        }
        $lines = "<?php\n// Site $this->name. What is in config-more.php comes first and wins.\n"
            . "require __DIR__ . '/config-more.php';\n\$table_prefix = " . var_export($site->prefix, true) . ";\n";
        foreach ($constants as $name => $value) {
            $lines .= "defined('$name') || define('$name', " . var_export($value, true) . ");\n";
        }
        file_put_contents("$this->folder/config.php", $lines);
        file_put_contents("$this->folder/config-more.php", "<?php\n" . ($this->options['config'] ?? '') . "\n");
    }

    private function install(Site $site): void
    {
        $site->php(__DIR__ . '/wp/install.php', [
            'title' => "Site $this->name",
            'admin' => Lab::ADMIN,
            'password' => Lab::PASSWORD,
            // No two sites have the same administrator's address: adoption by email would find it.
            'email' => "admin@$this->name.example",
        ]);
        if (!empty($this->options['multisite'])) {
            $network = [
                'WP_ALLOW_MULTISITE' => true,
                'MULTISITE' => true,
                'SUBDOMAIN_INSTALL' => false,
                'DOMAIN_CURRENT_SITE' => (string) preg_replace('~^https?://~', '', $site->url),
                'PATH_CURRENT_SITE' => '/',
                'SITE_ID_CURRENT_SITE' => 1,
                'BLOG_ID_CURRENT_SITE' => 1,
            ];
            $site->run(__DIR__ . '/wp/install-network.php', ['domain' => $network['DOMAIN_CURRENT_SITE']]);
            foreach ($network as $name => $value) {
                $site->config("define('$name', " . var_export($value, true) . ');');
            }
        }
    }

    private function tutorial(Site $site, Site $remote): void
    {
        $code = strtr((string) file_get_contents(__DIR__ . '/wp/tutorial.php'), [
            'https://WEBSITE-DOMAIN' => $remote->url,
            "\$login = '';" => "\$login = '" . Lab::ADMIN . "';",
            "\$pwd = '';" => "\$pwd = '" . $remote->applicationPassword(Lab::ADMIN, $site->name) . "';",
        ]);
        file_put_contents("$this->folder/wp-content/mu-plugins/tutorial.php", $code);
    }

    /** @param Site|array<string, Site> $remotes */
    private function source(Site $site, Site|array $remotes): void
    {
        $site->sitesFile(is_array($remotes) ? $remotes : ['default' => $remotes]);
    }

    private function plugin(Site $site): void
    {
        $plugin = Lab::root() . '/php/rudr-sync';
        $target = "$this->folder/wp-content/plugins/rudr-sync";
        if (!is_dir($plugin)) {
            throw new LabError("No plugin at $plugin");
        }
        if ($this->options['plugin'] === 'copy') {
            Shell::run(['cp', '-rL', $plugin, $target]);
        } else {
            symlink($plugin, $target);
        }
        $site->run('
            foreach (array_keys(get_plugins("/rudr-sync")) as $file) {
                $result = activate_plugin("rudr-sync/$file");
                if (is_wp_error($result)) {
                    throw new RuntimeException($result->get_error_message());
                }
            }
        ');
    }
}
