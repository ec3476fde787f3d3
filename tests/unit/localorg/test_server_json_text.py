"""What the platform's JSON parser says of a body it cannot read, word for word."""

from __future__ import annotations

import pytest
from localorg.errors import ApiError
from localorg.server import jsontext


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"a": 1,\n}',
            "Unexpected character ('}' (code 125)): was expecting double-quote to start field name at [line:2, column:2]",
        ),
        (
            '{"a": 1 "b": 2}',
            "Unexpected character ('\"' (code 34)): was expecting comma to separate OBJECT entries at [line:1, column:10]",
        ),
        (
            "[1 2]",
            "Unexpected character ('2' (code 50)): was expecting comma to separate ARRAY entries at [line:1, column:5]",
        ),
        (
            '{"a" 1}',
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value "
            "at [line:1, column:7]",
        ),
        ("hello", "Unrecognized token 'hello': was expecting 'null', 'true', 'false' or NaN at [line:1, column:7]"),
        (
            '{"a": }',
            "Unexpected character ('}' (code 125)): expected a valid value (number, String, array, object, 'true', "
            "'false' or 'null') at [line:1, column:8]",
        ),
        ('{"a": [1', "Unexpected end-of-input: expected close marker for ARRAY at [line:1, column:9]"),
        ('{"a": "b', "Unexpected end-of-input: was expecting closing quote for a string value at [line:1, column:9]"),
    ],
)
def test_a_body_that_is_no_json_is_refused_where_and_as_the_platform_does(text: str, message: str) -> None:
    with pytest.raises(ApiError) as refused:
        jsontext.read(text.encode())
    assert (refused.value.code, refused.value.message) == ("JSON_PARSER_ERROR", message)


@pytest.mark.parametrize("raw", [b"\xff{}", b'{"a":' + b"[" * 200_000])
def test_bytes_that_are_no_text_and_endless_nesting_are_refused(raw: bytes) -> None:
    with pytest.raises(ApiError, match="JSON_PARSER_ERROR"):
        jsontext.read(raw)


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert jsontext.read(b'\xef\xbb\xbf{"Name": "Z\xc3\xbcrich"}') == {"Name": "Zürich"}
