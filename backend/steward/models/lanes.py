"""Sixteen look-ups by one instruction, where the processor has it (AVX-512); one by one elsewhere, to the same sums."""

from __future__ import annotations

from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from steward.compiled import compiled

LANES = 16
CELLS = 2 * LANES  # what the instruction looks up in: two registers
HERE = bool(llvmlite.binding.get_host_cpu_features().get("avx512f"))
_NUMBERS, _PLACES = ir.VectorType(ir.FloatType(), LANES), ir.VectorType(ir.IntType(32), LANES)
_LOOK_UP = ir.FunctionType(_NUMBERS, [_NUMBERS, _PLACES, _NUMBERS])


@intrinsic  # type: ignore[untyped-decorator]
def _add_sixteen(typing: Any, share: Any, cell: Any, after: Any, first: Any) -> Any:
    """share[first : first + 16] += cell[after[first : first + 16]]"""

    def emit(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        def at(number: int, offset: Any, kind: ir.Type) -> Any:
            array = context.make_array(signature.args[number])(context, builder, given[number])
            return builder.bitcast(builder.gep(array.data, [offset]), kind.as_pointer())

        def load(place: Any) -> Any:
            found = builder.load(place)
            found.align = 4  # rows of arrays begin anywhere
            return found

        lower, upper = (load(at(1, ir.Constant(ir.IntType(64), n), _NUMBERS)) for n in (0, LANES))
        name = "llvm.x86.avx512.vpermi2var.ps.512"
        look_up = cgutils.get_or_insert_function(builder.module, _LOOK_UP, name)  # type: ignore[no-untyped-call]
        found = builder.call(look_up, [lower, load(at(2, given[3], _PLACES)), upper])
        total = at(0, given[3], _NUMBERS)
        builder.store(builder.fadd(load(total), found), total, align=4)
        return context.get_dummy_value()

    return types.void(share, cell, after, first), emit


@compiled
def one_by_one(share, cell, after, size):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """share[r] += cell[after[r]] for the first `size`."""
    for r in range(size):
        share[r] += cell[after[r]]


@compiled
def _by_lanes(share, cell, after, size):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """The same; up to fifteen more of `share` may be changed, so its length is a multiple of LANES."""
    if len(cell) == CELLS:
        for first in range(0, size, LANES):
            _add_sixteen(share, cell, after, first)  # type: ignore[call-arg]  # numba gives the typing context itself
    else:
        one_by_one(share, cell, after, size)


add_looked_up = _by_lanes if HERE else one_by_one
