#!/usr/bin/env bash
# Stages, each of which starts when the one before has succeeded:
#   slurm/pipeline.sh STAGES
# A line of STAGES is a name and what sbatch takes (quotes as in a shell); empty lines and those from # on do not count:
#   solve   --array=1-12%4 slurm/array.sbatch value_iteration job.toml discounts.txt out
#   gather  slurm/command.sbatch build/bin/bellshard gather 'out/run-*/value_iteration.h5' -o out/all.h5
# A stage that fails stops those behind it; pipeline-FIRST.failed then says which one it was, FIRST being the first job's number.
set -euo pipefail
if (($# != 1)) || [[ ! -r $1 ]]; then
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi

names=() jobs=()
while read -r name words; do
  [[ -z $name || $name == \#* ]] && continue
  mapfile -t stage < <(xargs -n 1 printf '%s\n' <<<"$words")  # takes quotes off, expands nothing
  options=(--parsable --job-name="$name")
  if ((${#jobs[@]})); then options+=(--dependency="afterok:${jobs[-1]}" --kill-on-invalid-dep=yes); fi
  job=$(sbatch "${options[@]}" "${stage[@]}") || { echo "pipeline.sh: stage $name was refused; submitted before it: ${jobs[*]:-none}" >&2; exit 1; }
  names+=("$name") jobs+=("${job%%;*}")
done <"$1"
((${#jobs[@]})) || { echo "pipeline.sh: $1 holds no stage" >&2; exit 2; }

# Runs when the first stage fails; Slurm removes it when none can fail any more.
report=$(printf 'afternotok:%s?' "${jobs[@]}")
failed=pipeline-${jobs[0]}.failed
sbatch --quiet --job-name=failed --ntasks=1 --time=5 --dependency="${report%\?}" --kill-on-invalid-dep=yes --output="$failed" \
  "$(dirname "${BASH_SOURCE[0]}")/failed.sbatch" "${names[*]}" "${jobs[*]}"
for i in "${!jobs[@]}"; do echo "${names[i]}: job ${jobs[i]}"; done
echo "if a stage fails, $failed will say which; stop all with: scancel ${jobs[*]}"
