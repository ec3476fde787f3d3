"""The local org's parsers under a coverage-guided fuzzer: `python tests/fuzz/fuzz_parsers.py soql -max_total_time=60`.

Needs atheris, a tool for this alone and no dependency of the project: install it into an environment of its own beside
the packages of requirements/all.lock. Any exception but the parser's own refusal is a finding, and so is a hang.
"""

from __future__ import annotations

import json
import pathlib
import sys
import tempfile
from collections.abc import Callable

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "orgs")]

import atheris  # noqa: E402

with atheris.instrument_imports(include=["localorg", "csv", "json", "xml"]):
    from localorg import formulas, soql
    from localorg.deploy import archive
    from localorg.errors import ApiError
    from localorg.formulas import FormulaError
    from localorg.server import jsontext, sosl, xmlform
    from localorg.server.bulk1 import contents, jobs
    from localorg.server.bulk2.csvfile import Upload, UploadError
    from localorg.server.bulk2.jobs import Job

JOB = Job("750x", "ingest", "insert", "Contact", "005x", "67.0", "Open", 0.0, 0.0)
FILE = pathlib.Path(tempfile.mkdtemp(prefix="fuzz-")) / "body"


def text_of(data: bytes) -> str:
    return atheris.FuzzedDataProvider(data).ConsumeUnicodeNoSurrogates(len(data))


def parse_soql(data: bytes) -> None:
    text = text_of(data)
    for attempt in (text, f"SELECT Id FROM Account WHERE {text}", f"SELECT {text} FROM Account"):
        try:
            soql.parse(attempt)
        except ApiError:
            continue


def parse_formula(data: bytes) -> None:
    try:
        formulas.parse(text_of(data))
    except FormulaError:
        return


def read_csv(data: bytes) -> None:
    FILE.write_bytes(data)
    try:
        upload = Upload(FILE, JOB)
    except UploadError:
        return
    try:
        for _ in upload.batches(100):
            pass
    except UploadError:
        pass
    finally:
        upload.close()


def read_batch(data: bytes) -> None:
    """A batch of Bulk API v1 in XML and in JSON, and the jobInfo that opens a job."""
    FILE.write_bytes(data)
    for kind in ("XML", "JSON"):
        try:
            contents.to_csv(FILE, kind, FILE.with_suffix(".csv"))
        except (UploadError, ApiError):
            continue
    for read in (jobs.from_xml, jobs.from_json):
        try:
            json.dumps(read(data))
        except ApiError:
            continue


def parse_sosl(data: bytes) -> None:
    text = text_of(data)
    for attempt in (text, f"FIND {{{text}}}", f"FIND {{ab}} RETURNING {text}"):
        try:
            sosl.matcher(sosl.parse(attempt).term)("some words of a record")
        except ApiError:
            continue


def read_body(data: bytes) -> None:
    """A record as JSON and as XML, and as XML again what was read."""
    for read in (jsontext.read, xmlform.read):
        try:
            found = read(data)
        except ApiError:
            continue
        if isinstance(found, dict) and all(isinstance(name, str) and name.isalpha() for name in found):
            xmlform.written(
                "/services/data/v67.0/query",
                {"records": [{"attributes": {"type": "Contact"}, "Name": str(found)}]},
                200,
            )


def unpack(data: bytes) -> None:
    try:
        archive.unpack(data)
    except ApiError:
        return


TARGETS: dict[str, Callable[[bytes], None]] = {
    "soql": parse_soql, "sosl": parse_sosl, "formula": parse_formula, "csv": read_csv, "batch": read_batch,
    "body": read_body, "zip": unpack,
}  # fmt: skip


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"Say what to fuzz: {', '.join(TARGETS)}; what follows is for libFuzzer, such as -max_total_time=60")
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[sys.argv[1]])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
