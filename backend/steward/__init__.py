"""Steward: an honest, explained AI layer inside Salesforce's Nonprofit Success Pack."""

import os

__version__ = "0.1.0"

# XGBoost's threads spin while they wait: on a machine that is doing anything else that costs ten times the work.
# Their library reads this once, when it is first loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
