#!/usr/bin/env bash
# new_job.sh SOURCE_DIR PYTHON [BUILD_DIR]: in a copy of the tree, scripts/new_job makes a job that has everything a job needs;
# with a build folder to take the settings from, it also compiles and passes its test.
set -euo pipefail
source=$1 python=$2 build=${3:-}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
tar -C "$source" --exclude='./build*' --exclude=./out --exclude=./.git -cf - . | tar -C "$copy" -xf -
cd "$copy"

scripts/new_job made_by_test

for lint in jobs rooms labels files; do
  if "$python" -B "tests/lint/$lint.py" . | grep made_by_test; then exit 1; fi
done
if scripts/new_job made_by_test; then echo "new_job overwrote a job"; exit 1; fi
if scripts/new_job NotSnake; then echo "new_job took a name that is not snake_case"; exit 1; fi
[[ -n $build ]] || exit 0

setting() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }
cmake -S . -B build -DKokkos_DIR="$(setting Kokkos_DIR)" -DCMAKE_BUILD_TYPE="$(setting CMAKE_BUILD_TYPE)" \
  -DCMAKE_CXX_COMPILER="$(setting CMAKE_CXX_COMPILER)" -DCMAKE_CXX_COMPILER_LAUNCHER="$(setting CMAKE_CXX_COMPILER_LAUNCHER)" \
  -DBELLSHARD_BENCH=OFF
cmake --build build -j "$(nproc)" --target bellshard
ctest --test-dir build -R '^job.made_by_test$' --output-on-failure --no-tests=error
