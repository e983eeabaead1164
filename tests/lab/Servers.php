<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/**
 * A site's own nginx and php-fpm. One pair a site, not one for all: each has its own ini and extension, one can
 * be stopped while the others go on, and making a site disturbs nobody's kept connections. They start in
 * some 50 ms and php-fpm's children come only when asked for.
 */
final class Servers
{
    private readonly string $folder;
    private readonly array $about;

    public function __construct(private readonly Site $site)
    {
        $this->folder = $site->folder;
        $this->about = json_decode((string) file_get_contents("$site->folder/site.json"), true);
    }

    public function start(): void
    {
        $this->startPhp();
        file_put_contents("$this->folder/nginx.conf", $this->nginx());
        Shell::run([$this->tool('nginx'), '-e', "$this->folder/nginx.log", '-c', "$this->folder/nginx.conf"]);
    }

    public function stop(): void
    {
        $this->kill('nginx');
        $this->kill('php-fpm');
    }

    /** After changes to the ini, the pool or the extension; nginx and its connections stay. */
    public function restartPhp(): void
    {
        $this->kill('php-fpm');
        $this->startPhp();
    }

    private function startPhp(): void
    {
        file_put_contents("$this->folder/php-fpm.conf", $this->pool());
        $command = [$this->tool('php-fpm'), '-c', __DIR__ . '/php.ini', '-y', "$this->folder/php-fpm.conf"];
        if (posix_getuid() === 0) {
            $command[] = '-R'; // a pool may be root's: all of the lab is its caller's
        }
        Shell::run($command, $this->site->environment());
    }

    private function kill(string $server): void
    {
        $file = "$this->folder/$server.pid";
        Shell::run(['bash', '-c', 'source "$1/stop.sh"; stop_by "$2" TERM', 'stop', __DIR__, $file], [
            'LAB_RUN' => Lab::run(),
        ]);
    }

    private function tool(string $name): string
    {
        return Lab::cache() . "/tools/$name";
    }

    private function socket(): string
    {
        return Lab::sockets() . "/{$this->site->name}";
    }

    private function pool(): string
    {
        $settings = ($this->about['pool'] ?? []) + [
            'pm' => 'ondemand',
            'pm.max_children' => '12', // ondemand; more than any test asks at once
            'pm.process_idle_timeout' => '60s',
            'catch_workers_output' => 'yes',
            'clear_env' => 'no',
            'listen' => $this->socket(),
            'listen.backlog' => '511',
        ];
        if (posix_getuid() === 0) {
            $settings += ['user' => 'root', 'group' => 'root'];
        }
        $lines = '';
        foreach ($settings as $name => $value) {
            $lines .= "$name = $value\n";
        }
        return <<<CONF
            [global]
            pid = $this->folder/php-fpm.pid
            error_log = $this->folder/php-fpm.log
            daemonize = yes
            [site]
            $lines
            CONF;
    }

    private function nginx(): string
    {
        $user = posix_getuid() === 0 ? 'user root;' : '';
        $tree = Lab::tree($this->site->version);
        $tests = __DIR__ . '/wp';
        [$listen, $tls, $https] = ["127.0.0.1:{$this->about['port']}", '', ''];
        if (str_starts_with($this->site->url, 'https:')) {
            $listen .= ' ssl';
            $tls = Tls::nginx();
            $https = 'fastcgi_param HTTPS on;';
        }
        $php = <<<CONF
            fastcgi_pass unix:{$this->socket()};
            fastcgi_read_timeout 300s;
            fastcgi_param LAB_SITE_CONFIG $this->folder/config.php;
            fastcgi_param LAB_TREE $tree;
            fastcgi_param QUERY_STRING \$query_string;
            fastcgi_param REQUEST_METHOD \$request_method;
            fastcgi_param CONTENT_TYPE \$content_type;
            fastcgi_param CONTENT_LENGTH \$content_length;
            fastcgi_param REQUEST_URI \$request_uri;
            fastcgi_param DOCUMENT_URI \$document_uri;
            fastcgi_param DOCUMENT_ROOT \$document_root;
            fastcgi_param SERVER_PROTOCOL \$server_protocol;
            fastcgi_param REQUEST_SCHEME \$scheme;
            fastcgi_param GATEWAY_INTERFACE CGI/1.1;
            fastcgi_param SERVER_SOFTWARE nginx/\$nginx_version;
            fastcgi_param REMOTE_ADDR \$remote_addr;
            fastcgi_param REMOTE_PORT \$remote_port;
            fastcgi_param SERVER_ADDR \$server_addr;
            fastcgi_param SERVER_PORT \$server_port;
            fastcgi_param SERVER_NAME 127.0.0.1;
            fastcgi_param HTTP_PROXY "";
            $https
            CONF;
        $script = "fastcgi_param SCRIPT_NAME \$fastcgi_script_name;\n"
            . 'fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;';
        return <<<CONF
            $user
            pid $this->folder/nginx.pid;
            worker_processes 1;
            events { worker_connections 1024; }
            http {
                types {
                    text/html html; text/css css; application/javascript js; application/json json;
                    image/png png; image/jpeg jpg jpeg; image/gif gif; image/svg+xml svg; font/woff2 woff2;
                }
                log_format lab escape=json '{"connection":\$connection,"method":"\$request_method",'
                    '"uri":"\$request_uri","status":\$status,"agent":"\$http_user_agent","user":"\$remote_user",'
                    '"time":\$msec,"took":\$request_time}';
                access_log $this->folder/access.log lab;
                # So that the log shows how many connections a client really needs.
                keepalive_requests 1000000;
                client_max_body_size 64m;
                client_body_temp_path $this->folder/nginx-body;
                fastcgi_temp_path $this->folder/nginx-fastcgi;
                proxy_temp_path $this->folder/nginx-proxy;
                uwsgi_temp_path $this->folder/nginx-uwsgi;
                scgi_temp_path $this->folder/nginx-scgi;
                server {
                    listen $listen;
                    $tls
                    root $tree;
                    index index.php index.html;
                    location = /lab-fence { return 204; }
                    location = /lab-run {
                        $php
                        fastcgi_param SCRIPT_NAME /index.php;
                        fastcgi_param SCRIPT_FILENAME $tests/run.php;
                    }
                    # A network's blogs in subdirectories share files.
                    rewrite ^/[_0-9a-zA-Z-]+(/wp-(?:admin|includes|content)/.*)$ \$1 last;
                    rewrite ^/[_0-9a-zA-Z-]+(/wp-[a-z-]+\.php)$ \$1 last;
                    location / { try_files \$uri \$uri/ /index.php?\$args; }
                    location /wp-content/ { root $this->folder; try_files \$uri =404; }
                    location ~ \.php$ {
                        try_files \$uri =404;
                        $php
                        $script
                    }
                }
            }
            CONF;
    }
}
