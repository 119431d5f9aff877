"""Beyond one machine: keys, a scheduler and workers of Dask's, a queue of SLURM's.

The library ``distributed`` is imported only by functions that are asked for it; it is an extra, ``hw1-tui[cluster]``.
"""
