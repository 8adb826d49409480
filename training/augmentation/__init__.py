"""Augmentation: each transform is a pure function in its own file; `recipe` draws its randomness."""
