"""An org on a machine without Node: everything works but Apex, which says why."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from apex_world import org_in, use
from localorg.errors import ApiError

REASON = "Apex is off: Node was not found."


def test_the_org_saves_without_triggers_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with org_in(tmp_path) as org:
        org.apex.__dict__["why_off"] = REASON

        with caplog.at_level(logging.WARNING, "localorg.apex"):
            use(org, T="trigger T on Account (before insert) { Trigger.new[0].addError('never'); }")
        (saved,) = org.administrator().insert("Account", [{"Name": "Saved"}])

        assert saved.success
        assert f"{REASON} The org's triggers do not run." in caplog.text
        with pytest.raises(ApiError, match="Apex is off"):
            org.apex.check()
