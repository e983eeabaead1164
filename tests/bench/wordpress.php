<?php

/** As much of WordPress as wp_remote_post() needs: its files as they are, without a database behind them. */

namespace {
    function load_wordpress_files(string $tree): void
    {
        define('ABSPATH', "$tree/");
        define('WPINC', 'wp-includes');
        define('WP_DEBUG', false);
        $names = ['load', 'plugin', 'functions', 'class-wp-error', 'formatting', 'http', 'class-wp-http', 'class-wp-http-proxy',
            'class-wp-http-cookie', 'class-wp-http-response', 'class-wp-http-requests-response', 'class-wp-http-requests-hooks'];
        foreach ($names as $name) {
            require_once ABSPATH . WPINC . "/$name.php";
        }
        require ABSPATH . WPINC . '/version.php';
        $GLOBALS['wp_version'] = $wp_version;
    }

    /** For the User-Agent header. */
    function get_bloginfo(string $show = ''): string
    {
        return $show === 'version' ? $GLOBALS['wp_version'] : 'http://127.0.0.1';
    }
}

namespace RudrSync\Bench {
    function load_wordpress(string $tree): void
    {
        load_wordpress_files($tree);
    }
}
