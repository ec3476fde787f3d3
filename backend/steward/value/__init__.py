"""What a donor is worth to the mission, in money and time: the next gift's size and date, giving over 1, 3 and 5 years."""

from steward.value.answers import ValueAnswers, answers
from steward.value.model import KEY, ValueModel, from_files
from steward.value.questions import QUESTIONS

__all__ = ["KEY", "QUESTIONS", "ValueAnswers", "ValueModel", "answers", "from_files"]
