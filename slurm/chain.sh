#!/usr/bin/env bash
# A run in several lives where a site forbids requeueing: N jobs, each of which starts only if the one before did not finish.
#   slurm/chain.sh N [options of sbatch] slurm/run.sbatch JOB JOB_FILE [OUTPUT_DIR] [options]
# When a life ends with the result, Slurm removes the lives behind it. All of them write to the same log.
set -euo pipefail
if (($# < 4)) || ! [[ $1 =~ ^[1-9][0-9]*$ ]]; then
  sed -n '2,4s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
lives=$1
shift
export BELLSHARD_MAX_LIVES=1  # no requeue
first=$(sbatch --parsable --no-requeue --output=bellshard-chain-%j.log "$@")
first=${first%%;*} last=$first
for ((life = 2; life <= lives; ++life)); do
  last=$(sbatch --parsable --no-requeue --output="bellshard-chain-$first.log" --dependency="afternotok:$last" --kill-on-invalid-dep=yes "$@")
  last=${last%%;*}
done
echo "jobs $first to $last, log bellshard-chain-$first.log; stop them with: scancel {$first..$last}"
