#!/bin/bash
# After the slots of the study "it's small": its table and its report.
# Written by transfolio VERSION.
#SBATCH --job-name='it'\''s small-report'
#SBATCH --output='/scratch/my studies/s%%1/cluster/0a1b2c3d/report.txt'
#SBATCH --time=0-01:00:00
#SBATCH --ntasks=1
#SBATCH --partition=gpu
#SBATCH --account=lab
#SBATCH --constraint='volta|ampere'
module load cuda/12.4
export TRANSFOLIO_CACHE="$SLURM_TMPDIR/transfolio"
exec /opt/transfolio collect '/scratch/my studies/s%1'
