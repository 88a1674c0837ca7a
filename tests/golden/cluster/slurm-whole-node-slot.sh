#!/bin/bash
# A slot of the study "it's small": takes runs until its time is short.
# Written by transfolio VERSION.
#SBATCH --job-name='it'\''s small'
#SBATCH --array=0-3
#SBATCH --output='/scratch/my studies/s%%1/cluster/0a1b2c3d/slot-%a.txt'
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@120
#SBATCH --gres=gpu:4
#SBATCH --nodes=1
#SBATCH --requeue
#SBATCH --exclusive
folder='/scratch/my studies/s%1'
ticket="$folder/cluster/0a1b2c3d"
number="${SLURM_ARRAY_TASK_ID:-0}"
own="${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}"
if [ ! -f "$ticket/submission.json" ]; then
  echo "transfolio: $(hostname) does not see $folder; a study folder has to lie where every" \
    "machine sees it" >&2
  exit 42
fi

asked=
trap 'asked=USR1; kill -USR1 "$runner" 2>/dev/null' USR1
trap 'asked=TERM; kill -TERM "$runner" 2>/dev/null' TERM INT
/opt/transfolio slot "$folder" --submission 0a1b2c3d --number "$number" --job "$own" --time-limit "${SLURM_JOB_END_TIME:+$((SLURM_JOB_END_TIME - SLURM_JOB_START_TIME))}" --spent "$SECONDS" --reserve 90 --runs-per-gpu 2 &
runner=$!
# A signal ends the waiting, not the runner.
while :; do
  wait "$runner"
  code=$?
  kill -0 "$runner" 2>/dev/null || break
done
wait "$runner" 2>/dev/null
last=$?
if [ "$last" -ne 127 ]; then code=$last; fi
# 75: try again. Who sent SIGTERM (a cancellation, a preemption) sees to the rest.
if [ "$code" -eq 75 ] && [ "$asked" != TERM ] && [ ! -e "$ticket/cancelled" ]; then
  echo "$own" >>"$ticket/requeued-$number"
  if [ "$(wc -l <"$ticket/requeued-$number")" -le 5 ]; then
    scontrol requeue "$own" && exit 0
  else
    echo "transfolio: put into the queue again 5 times; not once more" >&2
  fi
fi
exit "$code"
