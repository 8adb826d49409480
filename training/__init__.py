"""Fine-tuning of a pretrained audio network on labelled recordings, up to a served model bundle.

Data flows one way: recordings (`dataset`, `recordings`) → the worker's own level and log-mel code
(`front_end`) → augmented views (`augmentation`, `features`) → fine-tuning (`fitting`) →
cross-validated figures (`crossvalidation`, `metrics`) → the bundle (`export`, `bundle`).

TensorFlow is imported by the functions that need it, never at import time of this package, so
that `python -m training --help` answers at once.
"""
