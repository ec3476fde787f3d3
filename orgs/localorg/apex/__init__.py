"""Runs the org's Apex: a Node process that compiles and executes it, and the org's side of the conversation."""
