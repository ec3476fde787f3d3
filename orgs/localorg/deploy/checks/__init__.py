"""References, limits and rules of each kind of component, held against the org as the deployment would leave it."""

from __future__ import annotations

from collections.abc import Iterable

from localorg.deploy.checks import (
    apex,
    credentials,
    flows,
    grants,
    lightning,
    pages,
    quick_actions,
    reporting,
    screens,
    texts,
    translations,
)
from localorg.deploy.checks.common import Check
from localorg.deploy.problems import Problems
from localorg.deploy.source import Part
from localorg.deploy.world import World

CHECKS: dict[str, Check] = {
    **apex.CHECKS,
    **credentials.CHECKS,
    **flows.CHECKS,
    **grants.CHECKS,
    **lightning.CHECKS,
    **pages.CHECKS,
    **quick_actions.CHECKS,
    **reporting.CHECKS,
    **screens.CHECKS,
    **translations.CHECKS,
}


def run(world: World, parts: Iterable[Part], problems: Problems) -> None:
    for part in parts:
        texts.check(part, problems)
        check = CHECKS.get(part.kind)
        if check is not None:
            check(part, world, problems)
