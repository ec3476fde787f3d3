"""A language of the nonprofit: its sentences, plurals, numbers and money. English is the code's own, byte for byte."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import babel
import babel.numbers

Number = int | float | Decimal

# What English does not form by an s.
PLURALS = {
    "person": "people",
    "gift of others": "gifts of others",
    "call, letter or task": "calls, letters or tasks",
}
_NARROW, _WIDE = "\u202f", "\xa0"  # both do not break; many systems show the narrow one as a box


@dataclass(frozen=True)
class Language:
    """`locale` is a language or one of its regions (es, es_MX); `catalogue`: English → (one, other) or the sentence alone.

    `symbol` stands before or after an amount, as the locale has it.
    """

    locale: str = "en"
    symbol: str = "$"
    catalogue: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    def say(self, text: str, **values: object) -> str:
        """The sentence in this language, with its values; what has no translation is said in English."""
        said = self.catalogue.get(text, (text,))[0]
        return said.format(**values) if values else said

    def count(self, value: Number, noun: str) -> str:
        """A number with its noun: "5 gifts", "1 donación"."""
        number = f"{value:,.2f}".rstrip("0").rstrip(".")
        if not self._foreign:
            return f"{number} {noun if number == '1' else PLURALS.get(noun, noun + 's')}"
        forms = self.catalogue.get(noun, (noun, PLURALS.get(noun, noun + "s")))
        shown = Decimal(number.replace(",", ""))
        one = babel.Locale.parse(self.locale).plural_form(shown) == "one"
        return f"{self._decimal(shown, '#,##0.##')} {forms[0] if one else forms[-1]}"

    def money(self, amount: Number) -> str:
        """Without cents where there are none."""
        exact = Decimal(str(amount)).quantize(Decimal("0.01"))
        whole = exact == exact.to_integral_value()
        if not self._foreign:
            return f"{self.symbol}{exact:,.0f}" if whole else f"{self.symbol}{exact:,.2f}"
        number = self._decimal(exact, "#,##0" if whole else "#,##0.00")
        before = babel.Locale.parse(self.locale).currency_formats["standard"].pattern.startswith("¤")
        return f"{self.symbol}{number}" if before else f"{number}\xa0{self.symbol}"

    def percent(self, share: float) -> str:
        """Whole percents."""
        if not self._foreign:
            return f"{share * 100:.0f}%"
        return _plain(str(babel.numbers.format_percent(share, format=None, locale=self.locale)))

    def decimal(self, value: Number, places: int) -> str:
        """So many decimals, thousands not parted."""
        return f"{value:.{places}f}" if not self._foreign else self._decimal(value, f"0.{'0' * places}")

    @property
    def _foreign(self) -> bool:
        return self.locale != "en"

    def _decimal(self, value: Number, pattern: str) -> str:
        return _plain(str(babel.numbers.format_decimal(value, format=pattern, locale=self.locale)))


def _plain(number: str) -> str:
    return number.replace(_NARROW, _WIDE)


ENGLISH = Language()
