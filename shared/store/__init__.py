"""The job store: jobs and recordings in Redis, changed only by atomic scripts."""
