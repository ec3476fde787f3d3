"""A simulated nonprofit: people whose giving has reasons, so a model can learn something true, and miss something."""
