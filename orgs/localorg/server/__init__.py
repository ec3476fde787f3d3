"""The HTTP side of the local org: one file a family of endpoints, all of them on the engine's `Org` and `Session`."""
