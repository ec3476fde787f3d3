"""The next part is read while one works on the part before, and nothing is read that nobody will take."""

import functools
import threading

import pytest
from steward.salesforce.ahead import ahead, drawn_ahead


class Line:
    """Parts of a slow line, which notes how many reads have begun."""

    def __init__(self, parts):
        self.parts = parts
        self.begun = threading.Semaphore(0)
        self.count = 0

    def reads(self):
        return [functools.partial(self.read, number) for number in range(self.parts)]

    def read(self, number):
        self.count += 1
        self.begun.release()
        return number


def test_parts_come_in_order_each_while_the_next_is_read():
    line = Line(4)
    parts = ahead(line.reads())
    assert line.count == 0  # nobody asked yet
    for number, part in enumerate(parts, start=1):
        assert part == number - 1
        expected = min(number + 1, 4)
        while line.count < expected:
            assert line.begun.acquire(timeout=5)
        assert line.count == expected  # one ahead, not more
    assert list(ahead([])) == []
    assert list(ahead(Line(1).reads())) == [0]


def test_a_read_that_fails_is_told_where_its_part_would_come():
    def broken():
        raise ValueError("the line is cut")

    parts = ahead([lambda: "first", broken, lambda: "third"])
    assert next(parts) == "first"
    with pytest.raises(ValueError, match="cut"):
        next(parts)


def test_who_stops_taking_stops_the_reading():
    line = Line(10)
    parts = ahead(line.reads())
    next(parts)
    parts.close()
    assert line.count <= 2


def test_what_makes_the_parts_of_an_iterator_runs_in_the_thread():
    def made():
        for number in range(3):
            yield number, threading.get_ident()
        raise ValueError("the line is cut")

    parts = drawn_ahead(made())
    numbers, threads = zip(*(next(parts) for _ in range(3)), strict=True)
    assert numbers == (0, 1, 2)
    assert threading.get_ident() not in threads
    with pytest.raises(ValueError, match="cut"):
        next(parts)
    assert list(drawn_ahead([])) == []
