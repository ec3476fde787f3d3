"""Bulk API 2.0: jobs that read and write whole objects as CSV, worked off by a thread in the background."""
