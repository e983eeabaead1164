# Sourced:  builder SUITE FOLDER PHP   unpacks there a Debian that can build the extension for its PHP, with a copy of these sources
#           in_builder COMMAND...      runs something in it, in the sources' folder
#
# Rust and the crates are this machine's own, as it built the extension with them. What is built there is kept in target/SUITE. It is
# what it does that is tested, not how fast or large it is: so a build that takes a fraction of the time.
source "$(dirname "${BASH_SOURCE[0]}")/inside.sh"

builder() {
    local home=${CARGO_HOME:-$HOME/.cargo}
    builder_root=$2
    "$ROOT/tests/deb/root.sh" "$1" "$2" "php$3-cli" "php$3-dev" gcc libclang-dev
    mkdir -p "$2/rudr" "$2/opt/cargo" "$ROOT/target/$1"
    # With their times, by which cargo knows them again.
    "$ROOT/tests/lab/checkout.sh" "$2/rudr"
    # It may say where crates come from.
    [[ ! -e $home/config.toml ]] || cp "$home/config.toml" "$2/opt/cargo/"
    cargo fetch --quiet --locked --target "$(rustc -vV | sed -n 's/^host: //p')" --manifest-path "$ROOT/Cargo.toml"
    builder_sees=(--see "$(rustc --print sysroot)" /opt/rust --see "$home/registry" /opt/cargo/registry
        --share "$ROOT/target/$1" /rudr/target)
}

in_builder() {
    inside "$builder_root" "${builder_sees[@]}" env --chdir=/rudr PATH=/opt/rust/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        CARGO_HOME=/opt/cargo CARGO_NET_OFFLINE=true \
        CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 "$@"
}
