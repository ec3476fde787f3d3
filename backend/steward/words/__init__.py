"""The words in which donors are spoken of: English as it stands in the code, other languages by catalogues (`es.po`, `fr.po`)."""

from steward.words.language import ENGLISH, Language

__all__ = ["ENGLISH", "Language"]
