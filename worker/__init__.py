"""The worker: bytes, waveform, log-mel spectrogram, patches, logits, diagnosis.

One thread per process, decided before numpy and its kin are imported: pool children and
training's own parallelism provide the concurrency, and BLAS threads on top of them only fight
(log-mel of 5 s: 2.7 ms with one thread, 8.6 ms with a pool per process).
"""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
