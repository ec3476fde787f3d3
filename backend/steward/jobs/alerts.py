"""Alerts to Slack and Teams: what happened and where to look, never who."""

from __future__ import annotations

import requests

from steward.config import Settings
from steward.errors import UpstreamError

TIMEOUT = 10.0


def targets(settings: Settings) -> dict[str, str]:
    """Webhook addresses by service, of those that are set."""
    return {name: url for name, url in (("slack", settings.slack_webhook), ("teams", settings.teams_webhook)) if url}


def send(settings: Settings, kind: str, text: str) -> None:
    """Posts to each; raises where one did not take it, so that the queue tries again."""
    for service, url in targets(settings).items():
        try:
            reply = requests.post(url, json=message(service, kind, text), timeout=TIMEOUT)
        except requests.RequestException as error:
            raise UpstreamError(f"{service} could not be reached ({type(error).__name__}).") from None
        if reply.status_code >= 300:
            raise UpstreamError(f"{service} answered {reply.status_code}.")


def message(service: str, kind: str, text: str) -> dict[str, object]:
    title = f"Steward: {kind}"
    if service == "slack":
        return {"text": f"*{title}*\n{text}"}
    card = {
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {"type": "TextBlock", "weight": "bolder", "text": title},
            {"type": "TextBlock", "wrap": True, "text": text},
        ],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }
