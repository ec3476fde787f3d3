"""What is known of each giving unit at a date, as numbers that a model reads and sentences that a fundraiser reads."""

from steward.features.catalogue import CATALOGUE, VERSION
from steward.features.compute import compute, compute_many
from steward.features.feature import Feature
from steward.features.phrases import phrase

__all__ = ["CATALOGUE", "VERSION", "Feature", "compute", "compute_many", "phrase"]
