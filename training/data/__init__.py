"""Data sets on disk → checked tables of labelled recordings, split by source, decoded."""
