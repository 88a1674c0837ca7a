#!/bin/bash
# A slot of the study "it's small": takes runs until its time is short.
# Written by transfolio VERSION.
# Start it on each machine that sees the study folder: bash slot.sh [NUMBER]
folder='/scratch/my studies/s%1'
ticket="$folder/cluster/0a1b2c3d"
number="${1:-0}"
own="$(hostname)-$$"
if [ ! -f "$ticket/submission.json" ]; then
  echo "transfolio: $(hostname) does not see $folder; a study folder has to lie where every" \
    "machine sees it" >&2
  exit 42
fi
module load cuda/12.4
export TRANSFOLIO_CACHE="$SLURM_TMPDIR/transfolio"

asked=
trap 'asked=USR1; kill -USR1 "$runner" 2>/dev/null' USR1
trap 'asked=TERM; kill -TERM "$runner" 2>/dev/null' TERM INT
/opt/transfolio slot "$folder" --submission 0a1b2c3d --number "$number" --job "$own" --time-limit "14400" --spent "$SECONDS" --reserve 90 --device cuda --jobs 2 &
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
exit "$code"
