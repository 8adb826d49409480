"""The courier: tells webhooks that jobs have ended. A program of its own, beside the workers.

It is the only part that calls strangers, so it is kept from what workers have: it reads no
recordings, and imports neither the pipeline nor the queue.
"""
