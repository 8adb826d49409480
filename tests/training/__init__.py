"""Tests of training: small made data, and the real data where they are."""
