"""What integrators build on: the OpenAPI document, its examples, and docs/api.md."""
