# The machine's own PHP modules, without ours if it is installed there: a test says itself what it loads.
# Sourced; makes target/lab/php.d and prints its name, for PHP_INI_SCAN_DIR.
php_ini_folder() {
    local folder=$LAB_CACHE/php.d new
    mkdir -p "$LAB_CACHE"
    new=$(mktemp -d "$folder.XXXXXX")
    php -r 'foreach (explode(",", (string) php_ini_scanned_files()) as $file) echo trim($file), "\n";' |
        grep -v rudr | while read -r file; do cp "$file" "$new/"; done
    chmod 755 "$new"
    if [[ -d $folder ]] && diff -rq "$folder" "$new" >/dev/null; then
        rm -rf "$new"
    else
        rm -rf "$folder"
        mv "$new" "$folder"
    fi
    echo "$folder"
}
