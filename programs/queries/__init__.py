"""Reads that join rows: who is cleared to take part, who is next in line, whom a list expects."""

from programs.queries.consents import Clearance, clearance, lapsed, may_take_part, with_clearance
from programs.queries.names import document_tag, document_tags, name_tokens, named, short_names, words_of
from programs.queries.sessions import lists_that_wait
from programs.queries.sheets import Line, lines_of, unmarked

__all__ = [
    "Clearance",
    "Line",
    "clearance",
    "document_tag",
    "document_tags",
    "lapsed",
    "lines_of",
    "lists_that_wait",
    "may_take_part",
    "name_tokens",
    "named",
    "short_names",
    "unmarked",
    "with_clearance",
    "words_of",
]
