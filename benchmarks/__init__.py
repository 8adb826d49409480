"""Measurements of the running service. They print figures; they judge nothing."""
