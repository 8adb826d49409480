"""Real processes, hurt at random: what was accepted must end, once."""
