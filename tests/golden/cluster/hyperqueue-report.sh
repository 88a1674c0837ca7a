#!/bin/bash
# After the slots of the study "it's small": its table and its report.
# Written by transfolio VERSION.

module load cuda/12.4
export TRANSFOLIO_CACHE="$SLURM_TMPDIR/transfolio"
exec /opt/transfolio collect '/scratch/my studies/s%1'
