"""A person at the browser: opens pages, reads and uses them, has them checked by axe, and takes pictures for the docs."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, expect

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "docs" / "pictures"
LARGEST_PICTURE = 150_000
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1180, "height": 720}


class Visitor:
    """One person's browser. `problems` gathers what the console complains of and every script that failed, `refused` what the
    org refused it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.problems: list[str] = []
        self.refused: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        """A refused call is the component's to show; the browser's own note of it is none of its faults."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.refused.append(f"{response.status} {response.request.method} {response.url}")

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")
        self.page.wait_for_load_state("networkidle")

    def open_contact(self, contact: str) -> Locator:
        """A donor's page; what comes back is the card on it."""
        self.open(f"/lightning/r/Contact/{contact}/view")
        return self.card

    @property
    def card(self) -> Locator:
        return self.page.locator("c-donor-insight")

    def tab_to(self, *, role: str, name: str | None = None) -> None:
        """Press Tab until the keyboard is at such a thing on the card."""
        wanted = self.card.get_by_role(role, name=name).first  # type: ignore[arg-type]
        for _ in range(25):
            if wanted.evaluate("element => element.matches(':focus')"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches the {role} {name or ''}")

    def expect_words(self, *words: str) -> None:
        for text in words:
            expect(self.card).to_contain_text(text)

    def accessible(self) -> None:
        """Nothing on the page breaks WCAG 2.1 AA, as far as axe can tell."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("tags => axe.run(document, { runOnly: tags })", STANDARD)
        assert [_told(one) for one in found["violations"]] == []

    def picture(self, name: str, what: Locator | None = None) -> None:
        """For the docs; kept only when PICTURES is set (`make pictures`)."""
        if not os.environ.get("PICTURES"):
            return
        PICTURES.mkdir(exist_ok=True)
        path = PICTURES / f"{name}.png"
        if what is None:
            self.page.screenshot(path=path, animations="disabled")
        else:
            what.screenshot(path=path, animations="disabled")
        assert path.stat().st_size <= LARGEST_PICTURE, f"{path.name} is too large for the docs"

    def close_toasts(self) -> None:
        for button in self.page.locator("page-toasts").get_by_role("button").all():
            button.click()


class Browsers:
    """One browser profile a person and size of screen, so that what was loaded once stays loaded."""

    def __init__(self, browser: Browser, address: str, now: dt.datetime | None = None) -> None:
        self.browser = browser
        self.address = address
        self.now = now
        self.contexts: dict[tuple[str, bool], BrowserContext] = {}

    def enter(self, username: str, token: Callable[[str], str], *, phone: bool = False) -> Visitor:
        key = (username, phone)
        if key not in self.contexts:
            self.contexts[key] = self._context(token(username), phone)
        return Visitor(self.contexts[key].new_page(), self.address)

    def _context(self, token: str, phone: bool) -> BrowserContext:
        context = self.browser.new_context(viewport=PHONE if phone else DESK, reduced_motion="reduce")
        context.set_default_timeout(60_000)
        if self.now:
            context.clock.set_fixed_time(self.now)
        context.add_cookies([{"name": "sid", "value": token, "url": self.address}])
        return context


def _told(violation: dict[str, Any]) -> str:
    where = "; ".join(str(node["html"])[:200] for node in violation["nodes"][:3])
    return f"{violation['id']}: {violation['help']}: {where}"
