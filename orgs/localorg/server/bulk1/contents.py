"""What a batch holds: records in JSON or XML become the CSV that the org's one loader reads; results are written back."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from localorg.engine import SaveResult
from localorg.errors import ApiError
from localorg.server.bulk1.refusals import DECLARATION, NAMESPACE
from localorg.server.bulk2.csvfile import UploadError
from localorg.server.bulk2.saving import failure
from localorg.server.http import dump

NULL = "#N/A"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
Record = dict[str, Any]


def to_csv(request: Path, content_type: str, target: Path) -> None:
    """The batch's records as the CSV file a Bulk 2.0 client would have sent."""
    records = [dict(flat(record)) for record in (json_records if content_type == "JSON" else xml_records)(request)]
    header = list(dict.fromkeys(name for record in records for name in record))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        writer.writerows([record.get(name, "") for name in header] for record in records)


def json_records(request: Path) -> list[Record]:
    try:
        given = json.loads(request.read_bytes(), parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as problem:
        raise UploadError(f"InvalidBatch : Failed to parse JSON: {problem}") from problem
    if not isinstance(given, list) or not all(isinstance(record, dict) for record in given):
        raise UploadError("InvalidBatch : Failed to parse JSON: the batch must be a list of records")
    return given


def xml_records(request: Path) -> list[Record]:
    try:
        root = ElementTree.fromstring(request.read_bytes())
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as problem:
        raise UploadError(f"InvalidBatch : Failed to parse XML: {problem}") from problem
    return [xml_record(element) for element in root]


def xml_record(element: Element) -> Record:
    return {child.tag.rpartition("}")[2]: xml_value(child) for child in element}


def xml_value(element: Element) -> Any:
    if element.get(NIL) in ("true", "1"):
        return None
    if len(element):  # a parent, within an sObject of its own
        return xml_record(element[0])
    return element.text or ""


def flat(record: Record) -> Iterator[tuple[str, str]]:
    """Column and cell of every value; what names a parent by its key becomes a dotted column, as in CSV."""
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, list):
            raise UploadError(f"InvalidBatch : {name} holds a list; nested records cannot be saved by a batch")
        if not isinstance(value, dict):
            yield name, cell(name, value)
            continue
        kind = (value.get("attributes") or {}).get("type") or value.get("type")
        for key, inner in value.items():
            if key not in ("attributes", "type"):
                yield f"{kind}:{name}.{key}" if kind else f"{name}.{key}", cell(key, inner)


def cell(name: str, value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise UploadError(f"InvalidBatch : {name} holds a nested record; a parent is named by one key")
    if value is None or (value == "" and name.lower() != "id"):
        return NULL
    return str(value).lower() if isinstance(value, bool) else str(value)


class ResultFile:
    """The result of each row in the order of the batch, in the job's content type."""

    def __init__(self, path: Path, content_type: str) -> None:
        self._file = path.open("wb")
        self._form = FORMS[content_type]
        self.rows = self.failed = 0
        self._file.write(self._form.head)

    def write(self, results: list[SaveResult], _: list[list[str]]) -> None:
        shown = self._form.show
        for result in results:
            if self.rows:
                self._file.write(self._form.between)
            self._file.write(shown(result))
            self.rows += 1
            self.failed += not result.success

    def __enter__(self) -> ResultFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.write(self._form.tail)
        self._file.close()


def result_csv(result: SaveResult) -> bytes:
    error = "" if result.success else failure(result).replace('"', '""')
    return f'"{result.id or ""}","{truth(result.success)}","{truth(result.created)}","{error}"\n'.encode()


def result_json(result: SaveResult) -> bytes:
    errors = [
        {"extendedErrorDetails": None, "fields": list(e.fields), "message": e.message, "statusCode": e.code}
        for e in problems(result)
    ]
    return dump({"success": result.success, "created": result.created, "id": result.id or None, "errors": errors})


def result_xml(result: SaveResult) -> bytes:
    errors = "".join(
        "<errors>"
        + "".join(f"<fields>{escape(name)}</fields>" for name in e.fields)
        + f"<message>{escape(e.message)}</message><statusCode>{e.code}</statusCode></errors>"
        for e in problems(result)
    )
    key = f"<id>{result.id}</id>" if result.id else '<id xsi:nil="true"/>'
    flags = f"<success>{truth(result.success)}</success><created>{truth(result.created)}</created>"
    return f" <result>{errors}{key}{flags}</result>\n".encode()


def problems(result: SaveResult) -> tuple[ApiError, ...]:
    return () if result.success else result.errors


def truth(value: bool) -> str:
    return "true" if value else "false"


class Form:
    def __init__(self, show: Any, head: str = "", between: str = "", tail: str = "") -> None:
        self.show = show
        self.head, self.between, self.tail = head.encode(), between.encode(), tail.encode()


FORMS = {
    "CSV": Form(result_csv, '"Id","Success","Created","Error"\n'),
    "JSON": Form(result_json, "[", ",", "]"),
    "XML": Form(result_xml, f'{DECLARATION}<results xmlns="{NAMESPACE}" {XSI}>\n', "", "</results>"),
}


def write_json(file: BinaryIO, records: Iterable[Record]) -> int:
    return _joined(file, (dump(record) for record in records), b"[", b",", b"]")


def write_xml(file: BinaryIO, records: Iterable[Record]) -> int:
    head = f'{DECLARATION}<queryResult xmlns="{NAMESPACE}" {XSI}>\n'.encode()
    return _joined(file, (f"{record_xml('records', r)}\n".encode() for r in records), head, b"", b"</queryResult>")


def record_xml(name: str, record: Record) -> str:
    inner = f"<type>{record['attributes']['type']}</type>"
    for key, value in record.items():
        if key == "attributes":
            continue
        if isinstance(value, dict):
            inner += record_xml(key, value)
        elif value is None:
            inner += f'<{key} xsi:nil="true"/>'
        else:
            inner += f"<{key}>{truth(value) if isinstance(value, bool) else escape(str(value))}</{key}>"
    return f'<{name} xsi:type="sObject">{inner}</{name}>'


def _joined(file: BinaryIO, parts: Iterable[bytes], head: bytes, between: bytes, tail: bytes) -> int:
    count = 0
    file.write(head)
    for part in parts:
        file.write(between + part if count else part)
        count += 1
    file.write(tail)
    return count
