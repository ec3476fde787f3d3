"""The documents say what the code does: commands, settings, thresholds, links and make verbs."""

import dataclasses
import pathlib
import re

import click
import pytest
from steward import config
from steward.cli import main
from steward.cli.app import COMMANDS
from steward.cli.setup import policy_template
from steward.decide.policy import Policy, from_table

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "orgs").rglob("*.md")])
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")


def command(name):
    return main.get_command(click.Context(main), name)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_exists_teaches_and_is_in_the_runbook(name):
    found = command(name)
    assert found is not None
    assert found.help
    assert len(COMMANDS[name][1]) <= 70
    assert f"`steward {name}" in RUNBOOK


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_is_for(name):
    found = command(name)
    commands = found.commands.values() if isinstance(found, click.Group) else [found]
    unexplained = [
        option.name
        for one in commands
        for option in one.params
        if isinstance(option, click.Option) and not option.help and option.name not in ("encoding", "decimal_mark")
    ]
    assert unexplained == []


@pytest.mark.parametrize("field", dataclasses.fields(config.Settings), ids=lambda f: f.metadata["env"])
def test_every_setting_is_explained_in_the_runbook(field):
    assert f"`{field.metadata['env']}`" in RUNBOOK
    assert field.metadata["what"] in RUNBOOK


def test_the_policy_template_holds_every_threshold_at_its_default():
    import tomllib

    uncommented = re.sub(r"^# (?=[\w\[\"])", "", policy_template(), flags=re.MULTILINE)
    lines = [line for line in uncommented.splitlines() if "=" in line or line.startswith("[")]
    assert from_table(tomllib.loads("\n".join(lines))) == Policy()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_page_links_to_a_file_that_is_not_there(page):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_make_verb_on_a_page_exists(page):
    verbs = set(re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8")))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {verb for verb in verbs if not re.search(rf"^{verb}:", makefile, re.MULTILINE)} == set()


def test_every_make_verb_says_what_it_does():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split()
    assert {verb for verb in phony if not re.search(rf"^{verb}:.*## ", makefile, re.MULTILINE)} == set()


def test_lock_files_name_no_registry():
    locks = [*(ROOT / "requirements").glob("*.lock"), ROOT / "package-lock.json"]
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert not re.search(
            r'--(extra-)?index-url|"resolved": "http|https?://[\w.-]*(pypi|npmjs|pythonhosted)', text
        ), lock.name


def test_every_line_of_the_python_locks_is_pinned_by_hash():
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert text.count("==") > 0
        assert all("--hash=sha256:" in part for part in re.split(r"\n(?=[a-z])", text.strip()) if "==" in part), (
            lock.name
        )
