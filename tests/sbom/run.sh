#!/usr/bin/env bash
# The bill of materials, by CycloneDX's own schema and somebody else's reader of it; as it is in the tar.gz and in the .deb. What it says
# is compared with Cargo.lock by tests/package/bill.sh.
#
# Run by ./build.sh test sbom. The reader is fetched by pip, once.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
cd "$ROOT"

version=11.12.0
python=$LAB_CACHE/tools/cyclonedx-$version
if [[ ! -x $python/bin/python ]]; then
    rm -rf "$python.new"
    python3 -m venv "$python.new"
    "$python.new/bin/python" -m pip install --quiet --disable-pip-version-check "cyclonedx-python-lib[json-validation]==$version"
    mv "$python.new" "$python"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tests/lab/package.sh "$work/packages" >/dev/null
tar -xzf "$work"/packages/*.tar.gz -C "$work"
boms=("$work"/rudr_sync-*/sbom.cdx.json)
for deb in "$work"/packages/*.deb; do
    [[ -e $deb ]] || continue # this PHP is not Debian's
    dpkg-deb --extract "$deb" "$work/deb"
    boms+=("$work"/deb/usr/share/doc/*/sbom.cdx.json)
done
"$python/bin/python" tests/sbom/valid.py "${boms[@]}"
