"""Work that waits: a durable inbox of events, a queue that wakes workers, and what workers do."""
