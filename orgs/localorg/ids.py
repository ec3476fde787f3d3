"""Record ids: a key prefix, an instance code, a number in base 62, and the three letters that make them case-safe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$")
INSTANCE = "8d0"
_PAIRS = len(DIGITS) ** 2


def checksum(fifteen: str) -> str:
    return "".join(_CHECK[_mask(fifteen[start : start + 5])] for start in (0, 5, 10))


def _mask(five: str) -> int:
    return sum(1 << position for position, letter in enumerate(five) if "A" <= letter <= "Z")


def normalized(text: str) -> str | None:
    """The 18-character form of a 15- or 18-character id, or None when it is no id at all."""
    if not _SHAPE.match(text):
        return None
    return text[:15] + checksum(text[:15])


def make(prefix: str, number: int) -> str:
    return next(iter(sequence(prefix, number, 1)))


def number(identity: str) -> int:
    """The number an id was made from."""
    found = 0
    for digit in identity[6:15]:
        found = found * 62 + DIGITS.index(digit)
    return found


def sequence(prefix: str, first: int, count: int) -> Iterator[str]:
    """`count` ids from number `first` on; the last two digits are unrolled because bulk loads need millions."""
    number, left = first, count
    while left > 0:
        high, low = divmod(number, _PAIRS)
        head = prefix + INSTANCE + _base62(high, 7)
        start, tail_mask, check = head, _mask(head[10:13]), checksum(head + "00")[:2]
        for pair, mask in _pairs()[low : low + left]:
            yield start + pair + check + _CHECK[tail_mask | mask]
        done = min(left, _PAIRS - low)
        number += done
        left -= done


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits))


@cache
def _pairs() -> list[tuple[str, int]]:
    """Every last pair of characters with its share of the checksum's third letter."""
    return [(first + second, _mask("000" + first + second)) for first in DIGITS for second in DIGITS]
