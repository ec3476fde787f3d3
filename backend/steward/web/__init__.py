"""The service: events in, scores out, and a page for whoever looks after it. Flask, one blueprint a noun."""
