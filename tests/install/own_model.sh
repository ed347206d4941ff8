#!/usr/bin/env bash
# own_model.sh BUILD_DIR CMAKE: a user's own source tree finds an installed Bellshard, adds its model and gets a program that has it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT

"$2" --install "$1" --prefix "$prefix" > "$prefix/install.log"
# A copy, so that nothing of the tree that Bellshard was built in is found by accident.
cp -r "$here/own_model" "$prefix/source"
"$2" -S "$prefix/source" -B "$prefix/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release
"$2" --build "$prefix/build"

program=$prefix/build/my_bellshard
"$program" list | grep -w value_iteration
"$program" describe value_iteration > "$prefix/keys"
grep 'model.kind = "my_model"' "$prefix/keys"
