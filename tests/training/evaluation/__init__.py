"""Tests of what is measured and how it is told."""
