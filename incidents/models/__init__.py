"""Types of incident, reports, and all that is kept about one."""

from incidents.models.arrests import CitizenArrestEntry, CitizenArrestReport
from incidents.models.categories import Category, Group
from incidents.models.records import Assignment, Entry, Move, Photo
from incidents.models.reports import Report, tag_of, tags_of

__all__ = [
    "Assignment",
    "Category",
    "CitizenArrestEntry",
    "CitizenArrestReport",
    "Entry",
    "Group",
    "Move",
    "Photo",
    "Report",
    "tag_of",
    "tags_of",
]
