"""Pictures of a recording and of its diagnosis: pure functions from arrays to PNG and JSON."""
