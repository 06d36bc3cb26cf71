"""Wire the product into one site: settings, addresses and the server's entrances."""

import os

# One BLAS thread: with more, the language step's p99 rises tenfold on a busy machine.
# Set here, because every entrance imports this package before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
