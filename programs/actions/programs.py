"""What an organization offers: planning a program and changing it."""

from collections.abc import Iterator
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from programs.actions.writing import write
from programs.models import Program
from rules.refusals import Invalid, Sentence
from rules.versions import check_version

YOUNGEST, OLDEST = 5, 99
NAME, DESCRIPTION = 120, 1000


class ProgramWords(TypedDict, total=False):
    """What a program says of itself; what is left out stays."""

    name: str
    description: str
    age_from: int
    age_to: int


@transaction.atomic
def plan(
    *,
    by: Membership,
    at: datetime,
    name: str,
    age_from: int,
    age_to: int,
    description: str = "",
    program_id: UUID | None = None,
) -> Program:
    """Begin a program, for people of these ages."""
    by.require(Permission.PROGRAM_PLAN)
    check_unused(Program, program_id)
    program = Program(pk=program_id or uuid4(), organization_id=by.organization_id)
    _write(program, {"name": name, "description": description, "age_from": age_from, "age_to": age_to})
    program.save(force_insert=True)
    audit.record(action="program.planned", subject=program, by=by)
    return program


@transaction.atomic
def change(
    *,
    program: Program,
    by: Membership,
    at: datetime,
    expected_version: int | None = None,
    **words: Unpack[ProgramWords],
) -> Program:
    """Say something else of a program. Those already in stay in."""
    program = Program.objects.select_for_update().get(pk=program.pk)
    by.require(Permission.PROGRAM_PLAN, program)
    check_version(program, expected_version)
    changed = _write(program, words)
    if changed:
        program.version += 1
        program.save()
        audit.record(action="program.changed", subject=program, by=by, fields=sorted(changed))
    return program


def _write(program: Program, words: ProgramWords) -> set[str]:
    """Set what is new and say which fields those were, or refuse what cannot be."""
    changed = write(program, words)
    wrong = dict(_problems(program))
    if wrong:
        raise Invalid(wrong)
    return changed


def _problems(program: Program) -> Iterator[tuple[str, Sentence]]:
    if not program.name or len(program.name) > NAME:
        yield "name", _("Give it a short name.")
    if len(program.description) > DESCRIPTION:
        yield "description", _("That is too long.")
    if not YOUNGEST <= program.age_from <= OLDEST:
        yield "age_from", _("Choose an age from 5 to 99.")
    if not program.age_from <= program.age_to <= OLDEST:
        yield "age_to", _("The last age comes after the first.")
