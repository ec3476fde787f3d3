"""What a running Steward tells of itself: logs, metrics, traces, and all that happened to one donor."""
