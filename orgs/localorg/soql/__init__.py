"""SOQL: parse a query, compile it to SQLite, read records as the REST and Bulk APIs return them."""

from localorg.soql.compiler import compile_query as compile
from localorg.soql.parser import parse
from localorg.soql.plan import Plan

__all__ = ["Plan", "compile", "parse"]
