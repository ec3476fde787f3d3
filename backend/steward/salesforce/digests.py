"""Pseudonyms of many ids at once: sixteen SHA-256 in step, one a lane of the processor's wide registers.

A full read hashes tens of millions of ids, and with DuckDB's own SHA-256 that was the dearest part of it. Whatever is not an
id of plain characters goes through `pseudonyms.pseudonym`, and a test holds both to be equal.
"""

from __future__ import annotations

import functools
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from duckdb.func import PythonUDFType
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from steward.compiled import compiled
from steward.salesforce import pseudonyms

LANES = 16
ID, DIGITS = 15, 16  # characters of an id that count, and of a pseudonym
_WORDS, _ID_WORDS = 16, 4  # of 32 bits: a block of SHA-256, and in it an id with the mark of its end
_KEY_WORDS = pseudonyms.KEY_BYTES // 4
_PRIMES = [n for n in range(2, 312) if all(n % divisor for divisor in range(2, n))]
_ROUNDS = [int(prime ** (1 / 3) % 1 * 2**32) for prime in _PRIMES]  # FIPS 180-4, 4.2.2
_BEGIN = [int(prime**0.5 % 1 * 2**32) for prime in _PRIMES[:8]]  # 5.3.3
_LANE = ir.VectorType(ir.IntType(32), LANES)


def define(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Gives a DuckDB connection the function `pseudonym(id)`, as `pseudonyms.define` does."""
    function: Any = functools.partial(of_ids, key, block_of(key))
    connection.create_function("pseudonym", function, ["VARCHAR"], "VARCHAR", type=PythonUDFType.ARROW)


def block_of(key: bytes) -> np.ndarray:
    """A block of SHA-256 for each lane, word by word, in which only the id is missing."""
    empty = pseudonyms.checked(key) + bytes(4 * _ID_WORDS) + (8 * (pseudonyms.KEY_BYTES + ID)).to_bytes(16, "big")
    return np.repeat(np.frombuffer(empty, ">u4").astype(np.uint32), LANES)


def of_ids(key: bytes, block: np.ndarray, ids: pa.ChunkedArray) -> pa.Array:
    """The pseudonym of each id; none is null, for DuckDB keeps nulls to itself."""
    given = pa.concat_arrays(ids.chunks) if ids.num_chunks != 1 else ids.chunk(0)
    count = len(given)
    _, offsets, text = given.buffers()
    starts = np.frombuffer(offsets, np.int32)[given.offset : given.offset + count + 1]
    made, odd = np.empty(count * DIGITS, np.uint8), np.empty(count, np.bool_)
    _pseudonyms(np.frombuffer(text or b"", np.uint8), starts, block.copy(), made, odd)
    for place in np.flatnonzero(odd):
        one = pseudonyms.pseudonym(given[place].as_py(), key).encode()
        made[place * DIGITS : (place + 1) * DIGITS] = np.frombuffer(one, np.uint8)
    ends = np.arange(0, (count + 1) * DIGITS, DIGITS, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), count, [None, pa.py_buffer(ends), pa.py_buffer(made)])


@intrinsic  # type: ignore[untyped-decorator]
def _digest(typing: Any, block: Any, digest: Any) -> Any:
    """The first two words of the digest of each lane's block."""

    def emit(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        def place(number: int, word: int) -> Any:
            array = context.make_array(signature.args[number])(context, builder, given[number])
            first = builder.gep(array.data, [ir.Constant(ir.IntType(64), word * LANES)])
            return builder.bitcast(first, _LANE.as_pointer())

        words = [builder.load(place(0, word), align=4) for word in range(_WORDS)]
        for word, value in enumerate(_compressed(builder, words)[:2]):
            builder.store(value, place(1, word), align=4)
        return context.get_dummy_value()

    return types.void(block, digest), emit


def _compressed(builder: Any, words: list[Any]) -> list[Any]:
    """FIPS 180-4, 6.2.2, for one block: emitted for all lanes at once."""

    def number(value: int) -> Any:
        return ir.Constant(_LANE, [value] * LANES)

    def added(*parts: Any) -> Any:
        return functools.reduce(builder.add, parts)

    def turned(value: Any, *by: int) -> Any:
        turns = [builder.or_(builder.lshr(value, number(n)), builder.shl(value, number(32 - n))) for n in by]
        return functools.reduce(builder.xor, turns)

    def mixed(value: Any, first: int, second: int, shift: int) -> Any:
        return builder.xor(turned(value, first, second), builder.lshr(value, number(shift)))

    schedule = list(words)
    for t in range(_WORDS, len(_ROUNDS)):
        early, late = mixed(schedule[t - 15], 7, 18, 3), mixed(schedule[t - 2], 17, 19, 10)
        schedule.append(added(schedule[t - 16], early, schedule[t - 7], late))
    begin = [number(value) for value in _BEGIN]
    a, b, c, d, e, f, g, h = begin
    for word, constant in zip(schedule, _ROUNDS, strict=True):
        choice = builder.xor(g, builder.and_(e, builder.xor(f, g)))
        most = builder.or_(builder.and_(a, b), builder.and_(c, builder.or_(a, b)))
        one = added(h, turned(e, 6, 11, 25), choice, number(constant), word)
        two = added(turned(a, 2, 13, 22), most)
        a, b, c, d, e, f, g, h = builder.add(one, two), a, b, c, builder.add(d, one), e, f, g
    return [builder.add(now, before) for now, before in zip((a, b, c, d, e, f, g, h), begin, strict=True)]


@compiled
def _pseudonyms(text, starts, block, made, odd):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Writes the digits of each id's pseudonym into `made`; `odd` are those that are no id of plain characters."""
    digest = np.empty(2 * LANES, np.uint32)
    for first in range(0, len(odd), LANES):
        lanes = min(LANES, len(odd) - first)
        for lane in range(lanes):
            begin = starts[first + lane]
            strange = starts[first + lane + 1] - begin < ID
            if not strange:
                seen = np.uint8(0)
                for word in range(_ID_WORDS):
                    value = np.uint32(0)
                    for at in range(4 * word, 4 * word + 4):
                        letter = text[begin + at] if at < ID else np.uint8(0)
                        seen |= letter
                        value = np.uint32(value << np.uint32(8)) | np.uint32(letter if at < ID else 0x80)
                    block[(_KEY_WORDS + word) * LANES + lane] = value
                strange = seen >= 0x80
            odd[first + lane] = strange
        _digest(block, digest)  # type: ignore[call-arg]  # numba gives the typing context itself
        for lane in range(lanes):
            for digit in range(DIGITS):
                nibble = digest[digit // 8 * LANES + lane] >> np.uint32(28 - digit % 8 * 4) & np.uint32(15)
                made[(first + lane) * DIGITS + digit] = nibble + (48 if nibble < 10 else 87)  # 0-9, a-f
