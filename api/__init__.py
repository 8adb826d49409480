"""The gateway: the HTTP face of the service. It imports no numeric library."""
