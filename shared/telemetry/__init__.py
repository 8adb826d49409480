"""What the programs tell of their work: logs, metrics, traces. Nothing of a recording or its name,
and no key, is in any of it.
"""
