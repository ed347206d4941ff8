#!/usr/bin/env bash
# shell.sh SOURCE_DIR: all shell scripts pass shellcheck.  shell.sh --self-test: a bad sample does not.
set -euo pipefail
command -v shellcheck >/dev/null || { echo "shellcheck is not installed: skipped"; exit 77; }

if [[ $1 == --self-test ]]; then
  bad=$(mktemp --suffix=.sh)
  trap 'rm -f "$bad"' EXIT
  # shellcheck disable=SC2016  # the sample is meant to stay as it is
  echo 'rm -r $1/*' >"$bad"
  if shellcheck --shell=bash "$bad" >/dev/null; then exit 1; else exit 0; fi
fi
cd "$1"
mapfile -t scripts < <(grep -rlIE '^#!.*\b(ba)?sh\b' --exclude-dir={.git,out,__pycache__} --exclude-dir='build*' .)
echo "${#scripts[@]} scripts"
shellcheck --external-sources "${scripts[@]}"
