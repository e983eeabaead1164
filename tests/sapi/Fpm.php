<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A php-fpm pool of two behind nginx. */
final class Fpm extends Server
{
    /** @param array<string, string> $pool settings of its own */
    public function __construct(array $settings, array $pool = [])
    {
        parent::__construct($settings);
        $socket = Lab::sockets() . '/' . basename($this->folder);
        $pool += posix_getuid() === 0 ? ['user' => 'root', 'group' => 'root'] : [];
        $more = implode("\n", array_map(static fn ($name, $value) => "$name = $value", array_keys($pool), $pool));
        file_put_contents("$this->folder/fpm.conf", <<<CONF
            [global]
            pid = $this->folder/php.pid
            error_log = $this->folder/php.log
            ; Without it a reload ends at once what is under way.
            process_control_timeout = 60s
            [www]
            $more
            listen = $socket
            listen.backlog = 511
            pm = static
            pm.max_children = 2
            clear_env = no
            CONF);
        Shell::run(
            [$this->tool('php-fpm'), ...posix_getuid() === 0 ? ['-R'] : [], '-c', "$this->folder/php.ini", '-y', "$this->folder/fpm.conf"],
            self::environment()
        );
        Ports::with(function (int $port) use ($socket): void {
            $this->port = $port;
            $user = posix_getuid() === 0 ? 'user root;' : '';
            $pages = dirname(self::page('.'));
            file_put_contents("$this->folder/nginx.conf", <<<CONF
                $user
                pid $this->folder/nginx.pid;
                worker_processes 1;
                events { worker_connections 1024; }
                http {
                    access_log off;
                    client_body_temp_path $this->folder/body; fastcgi_temp_path $this->folder/fastcgi; proxy_temp_path $this->folder/proxy;
                    uwsgi_temp_path $this->folder/uwsgi; scgi_temp_path $this->folder/scgi;
                    server {
                        listen 127.0.0.1:$port;
                        location / {
                            fastcgi_pass unix:$socket;
                            fastcgi_read_timeout 400s;
                            fastcgi_param SCRIPT_FILENAME $pages\$uri;
                            fastcgi_param REQUEST_METHOD \$request_method;
                            fastcgi_param QUERY_STRING \$query_string;
                        }
                    }
                }
                CONF);
            Shell::run([$this->tool('nginx'), '-e', "$this->folder/nginx.log", '-c', "$this->folder/nginx.conf"]);
        });
    }

    public function reload(): void
    {
        posix_kill($this->parent(), SIGUSR2);
    }

    public function crashes(): array
    {
        return $this->logged('/exited (on signal (?!15 )|with code [^0])|SIGKILL/');
    }

    public function ended(): array
    {
        return $this->logged('/SIGTERM/');
    }
}
