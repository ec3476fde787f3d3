"""Trained, calibrated, evaluated, registered models; a rule stands where the rule wins or the history is too short."""

from steward.models.model import Model
from steward.models.training_sets import Examples, cutoffs, examples, inputs, known_at

__all__ = ["Examples", "Model", "cutoffs", "examples", "inputs", "known_at"]
