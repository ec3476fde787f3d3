"""Deploys metadata: a folder of source format, or the files of a package; all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from localorg.deploy.deployment import Options, Outcome, Result
from localorg.deploy.deployment import deploy as deploy_files
from localorg.deploy.problems import refusal
from localorg.deploy.source import from_folder

if TYPE_CHECKING:
    from localorg.engine import Org

__all__ = ["Deployment", "Options", "Outcome", "Result", "deploy", "deploy_files"]


class Deployment(TypedDict):
    """What a deployment did, by full names; `not_emulated` is what this org has no use for yet."""

    created: list[str]
    changed: list[str]
    not_emulated: list[str]


def deploy(org: Org, folder: Path, *, compile_apex: bool = False) -> Deployment:
    """Raises DeployError naming every component, line and problem; then nothing has changed."""
    result = deploy_files(org, from_folder(folder), Options(compile_apex=compile_apex), org.administrator().user.id)
    if result.problems:
        raise refusal(result.problems)
    return {
        "created": [one.component.name for one in result.outcomes if one.created],
        "changed": [one.component.name for one in result.outcomes if not one.created],
        "not_emulated": result.not_emulated,
    }
