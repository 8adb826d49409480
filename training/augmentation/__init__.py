"""Augmentation: each transform a pure function in its own file; `recipe` draws its randomness."""
