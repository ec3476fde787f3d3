"""From scores to what a fundraiser does: exclusions and segments by editable rules, the ask, the next step."""
