"""From a trained network to a served model bundle: export, card, and writing all or nothing."""
