# shellcheck shell=bash
# What a site needs before Bellshard runs: copy it to slurm/env/SITE.sh, fill it in, and submit with BELLSHARD_ENV=slurm/env/SITE.sh.
# module load gcc openmpi hdf5-parallel kokkos
# export BELLSHARD=/path/to/installed/bin/bellshard
# export BELLSHARD_LAUNCH="srun --mpi=pmix --kill-on-bad-exit=1 --cpu-bind=cores"
