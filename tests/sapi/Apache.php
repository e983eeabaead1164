<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Apache with two processes in which PHP runs. */
final class Apache extends Server
{
    public function __construct(array $settings)
    {
        parent::__construct($settings);
        Ports::with(function (int $port): void {
            $this->port = $port;
            $modules = Lab::cache() . '/tools/root/usr/lib/apache2/modules';
            $version = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
            $owner = posix_getuid() === 0 ? "User www-data\nGroup www-data" : '';
            $pages = $this->readable();
            file_put_contents("$this->folder/apache.conf", <<<CONF
                ServerRoot $this->folder
                ServerName 127.0.0.1
                Listen 127.0.0.1:$port
                PidFile $this->folder/php.pid
                ErrorLog $this->folder/php.log
                DefaultRuntimeDir $this->folder
                LoadModule mpm_prefork_module $modules/mod_mpm_prefork.so
                LoadModule authz_core_module $modules/mod_authz_core.so
                LoadModule php_module $modules/libphp$version.so
                $owner
                PHPIniDir $this->folder
                StartServers 2
                MinSpareServers 2
                MaxSpareServers 2
                MaxRequestWorkers 2
                KeepAlive Off
                DocumentRoot $pages
                <FilesMatch \\.php$>
                    SetHandler application/x-httpd-php
                </FilesMatch>
                CONF);
            $this->control('start');
            // It lets go of us before it listens.
            Shell::run(['timeout', '60', 'bash', '-c', 'until [[ -s $0 ]]; do sleep 0.02; done', "$this->folder/php.pid"]);
        });
    }

    public function reload(): void
    {
        $this->control('graceful');
    }

    public function crashes(): array
    {
        return $this->logged('/exit signal|SIGKILL/');
    }

    public function ended(): array
    {
        return $this->logged('/did not exit/');
    }

    /** The pages where also a user may read them who is not this checkout's. */
    private function readable(): string
    {
        $pages = Lab::sockets() . '/' . basename($this->folder);
        Shell::run(['cp', '-r', dirname(self::page('.')), $pages]);
        Shell::run(['chmod', '-R', 'a+rX', Lab::sockets()]);
        return $pages;
    }

    private function control(string $what): void
    {
        Shell::run([Lab::cache() . '/tools/root/usr/sbin/apache2', '-f', "$this->folder/apache.conf", '-k', $what], self::environment());
    }
}
