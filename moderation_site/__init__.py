"""The site: settings, URLs and the server's entry points."""

import gc
import os
import sys

# One BLAS thread: with more, the language step's p99 rises tenfold on a busy machine.
# Set here, because every entry point imports this package before it loads numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Python looks for unreachable objects after every 700 new ones. The start makes 300,000, and nearly
# all of them stay: looking through them so often took a sixth of its time.
gc.set_threshold(50_000, 20, 20)

# A thread that computes gives up the interpreter after so many seconds; the usual 5 ms add up for a
# check, which asks for it about a hundred times.
sys.setswitchinterval(0.001)
