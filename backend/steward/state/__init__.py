"""What Steward remembers between runs: runs, what each profile last said, dead letters, Bulk jobs under way."""
