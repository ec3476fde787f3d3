"""Trained, calibrated, evaluated, registered models; a rule stands where the rule wins or the history is too short."""
