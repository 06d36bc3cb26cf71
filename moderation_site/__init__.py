"""The site: settings, URLs and the server's entry points."""

import os

# One BLAS thread: with more, the language step's p99 rises tenfold on a busy machine.
# Set here, because every entry point imports this package before it loads numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
