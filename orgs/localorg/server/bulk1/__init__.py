"""Bulk API v1 (`/services/async`): jobs of several batches, as CumulusCI and simple-salesforce's `bulk` use them."""
