"""Fine-tuning and cross-validation: activations → a network, its calibration, honest figures."""
