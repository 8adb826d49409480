"""Tests of training.bundles and of the commands that it serves."""
