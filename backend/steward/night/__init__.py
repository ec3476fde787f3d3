"""One night for everybody: the snapshot taken in, units answered batch by batch, what changed, written and proven."""
