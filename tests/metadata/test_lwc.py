"""The Lightning components: their own tests (Jest with accessibility checks), their style, and the names they import."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

import pytest
from conftest import BUNDLES, ROOT
from metadata_checks import components
from metadata_checks.source import FieldShape, Source

LWC = "force-app/main/default/lwc"


def run(node: pathlib.Path, *command: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}", "CI": "true"}
    return subprocess.run(
        [str(node), *command], cwd=ROOT, env=env, input=text, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.mark.slow
def test_every_component_passes_its_own_tests(node: pathlib.Path, node_modules: pathlib.Path) -> None:
    done = run(node, str(node_modules / ".bin" / "sfdx-lwc-jest"), "--", "--maxWorkers=2")
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


def test_every_component_has_a_test() -> None:
    bundles = [path for path in (ROOT / LWC).iterdir() if path.is_dir()]
    assert len(bundles) >= 8
    assert [path.name for path in bundles if not list(path.glob("__tests__/*.test.js"))] == []


def test_the_components_keep_salesforces_style(node: pathlib.Path, node_modules: pathlib.Path) -> None:
    done = run(node, str(node_modules / ".bin" / "eslint"), "--max-warnings=0", LWC)
    assert done.returncode == 0, done.stdout + done.stderr


def test_bad_style_is_found(node: pathlib.Path, node_modules: pathlib.Path) -> None:
    bad = "import { LightningElement } from 'lwc';\nexport default class Bad extends LightningElement {\n" \
          "    renderedCallback() {\n        this.template.querySelector('p').innerHTML = 'x';\n    }\n}\n"  # fmt: skip
    done = run(
        node, str(node_modules / ".bin" / "eslint"), "--stdin", "--stdin-filename", f"{LWC}/bad/bad.js", text=bad
    )
    assert "no-inner-html" in done.stdout


def test_every_label_is_used(package: Source) -> None:
    found = [str(one) for one in components.check(package)]
    assert not found, "\n".join(found)


def test_a_label_that_nothing_uses_is_found(
    tmp_path: pathlib.Path, org_objects: dict[str, dict[str, FieldShape]]
) -> None:
    shutil.copytree(ROOT / "force-app", tmp_path / "force-app")
    path = tmp_path / LWC / "scoreBand" / "scoreBand.js"
    text = path.read_text()
    assert "c.ScoreBand_Top'" in text
    path.write_text(text.replace("c.ScoreBand_Top'", "c.ScoreBand_OutOf100'", 1))
    found = [one.message for one in components.check(Source.read([tmp_path / "force-app", *BUNDLES], org_objects))]
    assert found == ["label ScoreBand_Top is used nowhere"]
