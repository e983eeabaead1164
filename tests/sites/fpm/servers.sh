#!/usr/bin/env bash
# servers.sh FOLDER TOOLS EXTENSION PORT PAGE WORKERS: nginx and php-fpm that serve PAGE with EXTENSION, and, on the next port,
# a remote that answers every request at once. Everything is in FOLDER; both are stopped by their pid files there.
set -euo pipefail
folder=$1 tools=$2 extension=$3 port=$4 page=$5 workers=$6
as_root=''
[[ $(id -u) != 0 ]] || as_root='user root;'

cat >"$folder/php-fpm.conf" <<CONF
[global]
pid = $folder/php-fpm.pid
error_log = $folder/php-fpm.log
[www]
$([[ $(id -u) != 0 ]] || printf 'user = root\ngroup = root\n')
listen = $folder/socket
listen.backlog = 511
pm = static
pm.max_children = $workers
CONF
cat >"$folder/nginx.conf" <<CONF
$as_root
pid $folder/nginx.pid;
worker_processes 1;
events { worker_connections 1024; }
http {
    log_format remote '\$connection';
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path $folder/body; fastcgi_temp_path $folder/fastcgi; proxy_temp_path $folder/proxy;
    uwsgi_temp_path $folder/uwsgi; scgi_temp_path $folder/scgi;
    server {
        listen 127.0.0.1:$port;
        location / {
            fastcgi_pass unix:$folder/socket;
            fastcgi_param SCRIPT_FILENAME $page;
            fastcgi_param REQUEST_METHOD \$request_method;
            fastcgi_param REMOTE_SITE http://127.0.0.1:$((port + 1));
        }
    }
    server {
        listen 127.0.0.1:$((port + 1));
        access_log $folder/remote.log remote;
        location / { default_type application/json; return 200 '{"id":5}'; }
    }
}
CONF
"$tools/php-fpm" -y "$folder/php-fpm.conf" -d "extension=$extension" $([[ $(id -u) != 0 ]] || echo -R)
"$tools/nginx" -e "$folder/nginx.log" -c "$folder/nginx.conf"
