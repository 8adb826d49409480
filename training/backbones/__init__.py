"""Pretrained (and one untrained) networks, each from patches to activations."""
