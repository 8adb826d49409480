"""Recording bytes → mono waveform at the bundle's sample rate and level."""
