"""Platform events: messages published inside transactions, kept for three days, delivered in order after the commit.

`org.events.subscribe(name, callback)` is for code inside the org; `server/events` lets clients subscribe by CometD.
"""

from localorg.events.bus import ALL, NEW, EventBus
from localorg.events.delivery import Callback, RetryEvents, Subscription
from localorg.events.messages import Event

__all__ = ["ALL", "NEW", "Callback", "Event", "EventBus", "RetryEvents", "Subscription"]
