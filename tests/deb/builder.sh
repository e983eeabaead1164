# Sourced:  builder SUITE PHP        unpacks a Debian that can build the extension for its PHP, with a copy of these sources
#           in_builder COMMAND...    runs something there, in the sources' folder
#
# Rust and the crates are this machine's own, as it built the extension with them. What is built there is kept in target/SUITE.
source "$(dirname "${BASH_SOURCE[0]}")/inside.sh"

builder() {
    builder_suite=$1
    mkdir -p "$LAB_CACHE/roots" "$ROOT/target/$1"
    builder_root=$(mktemp -d "$LAB_CACHE/roots/run.XXXXXX")
    trap 'rm -rf --one-file-system "$builder_root"' EXIT
    "$ROOT/tests/deb/root.sh" "$1" "$builder_root" "php$2-cli" "php$2-dev" gcc libclang-dev
    mkdir "$builder_root/rudr"
    # With their times, by which cargo knows them again.
    tar -C "$ROOT" --create --exclude=./target --exclude=./.git . | tar -C "$builder_root/rudr" --extract --no-same-owner
}

in_builder() {
    local home=${CARGO_HOME:-$HOME/.cargo} sees=(--see "$(rustc --print sysroot)" /opt/rust) config
    cargo fetch --quiet --locked --manifest-path "$ROOT/Cargo.toml"
    sees+=(--see "$home/registry" /opt/cargo/registry --share "$ROOT/target/$builder_suite" /rudr/target)
    # Where crates come from may be set there.
    for config in "$home"/config.toml; do [[ ! -e $config ]] || cp "$config" "$builder_root/opt/"; done
    inside "$builder_root" "${sees[@]}" env --chdir=/rudr PATH=/opt/rust/bin:/usr/sbin:/usr/bin:/sbin:/bin CARGO_HOME=/opt/cargo CARGO_NET_OFFLINE=true "$@"
}
