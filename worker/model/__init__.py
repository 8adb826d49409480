"""Patches → logit of being sick, by the network of a verified bundle."""
