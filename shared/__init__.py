"""What the gateway and the worker must agree on: settings, jobs, the store, the queue."""
