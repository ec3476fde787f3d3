"""Steward: an honest, explained AI layer inside Salesforce's Nonprofit Success Pack."""

__version__ = "0.1.0"
