#!/usr/bin/env bash
# installed_runs.sh BUILD_DIR: what `cmake --install` puts into a prefix runs from there.
set -euo pipefail
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT

cmake --install "$1" --prefix "$prefix"

cd "$prefix"
bin/bellshard --version | grep -E '[0-9]+\.[0-9]+\.[0-9]+'
bin/bellshard list | grep -w value_iteration
