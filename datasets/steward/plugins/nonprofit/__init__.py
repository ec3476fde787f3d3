"""A simulated nonprofit: people whose giving has reasons, so that a model has something true to learn and something to miss."""
