#!/usr/bin/env bash
# A run in several lives where a site forbids requeueing: N jobs, each of which starts when the one before has ended.
#   slurm/chain.sh N [options of sbatch] slurm/run.sbatch JOB JOB_FILE [OUTPUT_DIR] [options]
# A life that ends with the result, or with an error, removes those behind it. All of them write to the same log.
set -euo pipefail
if (($# < 4)) || ! [[ $1 =~ ^[1-9][0-9]*$ ]]; then
  sed -n '2,4s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
lives=$1
shift
BELLSHARD_CHAIN=bellshard-chain-$(date +%s)-$$
export BELLSHARD_CHAIN
options=(--parsable --no-requeue --job-name="$BELLSHARD_CHAIN" --output="$BELLSHARD_CHAIN.log")
jobs=()
for ((life = 1; life <= lives; ++life)); do
  after=()
  if ((life > 1)); then after=(--dependency="afterany:${jobs[-1]}"); fi
  job=$(sbatch "${options[@]}" "${after[@]}" "$@")
  jobs+=("${job%%;*}")
done
echo "jobs ${jobs[*]}, log $BELLSHARD_CHAIN.log; stop them with: scancel --name=$BELLSHARD_CHAIN"
