"""Everything in one terminal: an embedded Redis, the worker and the gateway."""
