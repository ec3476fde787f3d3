"""The Lightning components: their own tests (Jest with accessibility checks), their style, and the names they import."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess

import pytest
from conftest import BUNDLES, ROOT
from metadata_checks import components
from metadata_checks.source import FieldShape, Source

LWC = "force-app/main/default/lwc"
CARD = "donorInsight"


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
    path = tmp_path / LWC / "scoreTrend" / "scoreTrend.js"
    text = path.read_text()
    assert "c.ScoreTrend_Title'" in text
    path.write_text(text.replace("c.ScoreTrend_Title'", "c.ScoreTrend_FromTo'", 1))
    found = [one.message for one in components.check(Source.read([tmp_path / "force-app", *BUNDLES], org_objects))]
    assert found == ["label ScoreTrend_Title is used nowhere"]


def labels_of(name: str) -> set[str]:
    """The labels of a component and of every component inside it."""
    folder = ROOT / LWC / name
    script, page = folder / f"{name}.js", folder / f"{name}.html"
    found = set(re.findall(r"@salesforce/label/c\.(\w+)'", script.read_text()))
    for child in set(re.findall(r"<c-([\w-]+)", page.read_text())):
        found |= labels_of(re.sub(r"-(\w)", lambda match: match[1].upper(), child))
    return found


def places(text: str) -> list[str]:
    return sorted(re.findall(r"\{\d+\}", text))


@pytest.mark.parametrize("language", ["es", "fr"])
def test_the_card_speaks_the_language(package: Source, language: str) -> None:
    english = {
        name: text
        for one in package.of("labels")
        for name, text in zip(one.texts("labels/fullName"), one.texts("labels/value"), strict=True)
    }
    [file] = [one for one in package.of("translation") if one.name == language]
    translated = dict(zip(file.texts("customLabels/name"), file.texts("customLabels/label"), strict=True))
    wanted = labels_of(CARD)
    assert {"ScoreTrend_FromTo", "AnswerFeedback_Thanks", "FeedbackForm_Send"} <= wanted
    assert sorted(wanted - translated.keys()) == []
    assert (
        sorted(english.keys() - translated.keys()) == []
    )  # nor may a toast or a task's subject fall back into English
    assert {name: places(text) for name, text in translated.items()} == {
        name: places(english[name]) for name in translated
    }
