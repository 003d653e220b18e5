"""Proposing a month, and publishing what the coordinator likes of it."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import shifts, wishes
from patrols.actions.drawing import dice_of
from patrols.actions.wishes import Wish
from patrols.models import Proposal, ProposedNight, Shift, ShiftRole, Signup
from patrols.queries.weeks import monday_of
from patrols.states import PUBLISHED, SHIFT, ShiftStatus
from patrols.states.proposals import PROPOSAL, ProposalStatus
from rules.refusals import Conflict, NotFound
from rules.versions import check_version

UNDONE_WITHIN = timedelta(minutes=15)


@transaction.atomic
def propose(
    *, by: Membership, wish: Wish, at: datetime, seed: int | None = None, proposal_id: UUID | None = None
) -> Proposal:
    """Draw a month of drafts that nobody could foresee, where enough people can. Nothing is
    published, and nights that are planned already count."""
    by.require(Permission.SHIFT_PLAN, *wish.sectors)
    check_unused(Proposal, proposal_id)
    wishes.check(wish, at)
    _check_none_open(by, wish.month)
    dice = dice_of(seed)
    nights, unplaced = wishes.draw(wish, by, at, dice)
    proposal = Proposal(
        pk=proposal_id or uuid4(),
        organization_id=by.organization_id,
        month=wish.month,
        per_week=wish.per_week,
        duration_minutes=int(wish.duration.total_seconds()) // 60,
        windows=[window.as_json() for window in wish.windows],
        unplaced=unplaced,
        proposed_by=by,
        proposed_at=at,
    )
    _insert(proposal)
    for drawn in nights:
        shift = shifts.plan(by=by, at=at, **wishes.plan_of(wish, drawn, by, dice))
        ProposedNight.objects.create(
            organization_id=by.organization_id,
            proposal=proposal,
            shift=shift,
            available=drawn.available,
            fit=drawn.fit,
        )
    audit.record(action="proposal.proposed", subject=proposal, by=by)
    return proposal


@transaction.atomic
def redraw(*, night: ProposedNight, by: Membership, at: datetime, seed: int | None = None) -> ProposedNight:
    """Draw another evening of the same week for one night."""
    proposal, night = _lock_night(night, by)
    PROPOSAL.move(proposal.status, "publish")  # only of what is not published
    shift = night.shift
    monday = monday_of(shift.service_date)
    days = [day for day in wishes.days_of(proposal.month) if monday_of(day) == monday]
    drawn = wishes.draw_again(proposal, shift, at, dice_of(seed)).night(days)
    if drawn is None:
        raise Conflict(_("No other hour of that week is free of a pattern."), code="no_other_hour")
    ends_at = drawn.starts_at + timedelta(minutes=proposal.duration_minutes)
    shifts.change(shift=shift, by=by, at=at, starts_at=drawn.starts_at, ends_at=ends_at)
    night.available, night.fit = drawn.available, drawn.fit
    night.save(update_fields=["available", "fit"])
    audit.record(action="night.redrawn", subject=night, by=by)
    return ProposedNight.objects.select_related("shift", "proposal").get(pk=night.pk)


@transaction.atomic
def drop(*, night: ProposedNight, by: Membership) -> None:
    """Take one draft out of the proposal. Nobody has seen it: it goes for good."""
    proposal, night = _lock_night(night, by)
    PROPOSAL.move(proposal.status, "publish")
    _erase(night, by)


@transaction.atomic
def publish(
    *, proposal: Proposal, by: Membership, at: datetime, expected_version: int | None = None
) -> Proposal:
    """Publish every draft that is left, all of them or none. Doing it twice changes nothing."""
    proposal = _lock(proposal, by)
    if proposal.status == ProposalStatus.PUBLISHED:
        return proposal
    check_version(proposal, expected_version)
    proposal.status = PROPOSAL.move(proposal.status, "publish")
    for shift in _locked_shifts(proposal):
        if shift.status == ShiftStatus.DRAFT and not shift.has_begun(at):
            shifts.publish(shift=shift, by=by, at=at)
    proposal.published_at = at
    _save(proposal)
    audit.record(action="proposal.published", subject=proposal, by=by)
    return proposal


@transaction.atomic
def take_back(*, proposal: Proposal, by: Membership, at: datetime) -> Proposal:
    """Undo the publishing within a quarter of an hour, as long as nobody has signed up."""
    proposal = _lock(proposal, by)
    status = PROPOSAL.move(proposal.status, "take_back")
    if proposal.published_at is None or at > proposal.published_at + UNDONE_WITHIN:
        raise Conflict(_("It is too late to take it back. Cancel single nights instead."), code="too_late")
    drafts = [shift for shift in _locked_shifts(proposal) if shift.status in PUBLISHED]
    if Signup.objects.filter(shift__in=drafts).exists():
        raise Conflict(_("Somebody has signed up already. Cancel single nights instead."), code="signed_up")
    _check_none_open(by, proposal.month)
    for shift in drafts:
        shift.status = SHIFT.move(shift.status, "take_back")
        shift.plan_version += 1  # phones that showed it learn that it is gone
        shift.version += 1
        shift.save(update_fields=["status", "plan_version", "version"])
        audit.record(action="shift.taken_back", subject=shift, by=by)
    proposal.status, proposal.published_at = status, None
    _save(proposal)
    audit.record(action="proposal.taken_back", subject=proposal, by=by)
    return proposal


@transaction.atomic
def discard(*, proposal: Proposal, by: Membership) -> Proposal:
    """Throw the proposal away, with every draft that is still one."""
    proposal = _lock(proposal, by)
    if proposal.status == ProposalStatus.DISCARDED:
        return proposal
    proposal.status = PROPOSAL.move(proposal.status, "discard")
    list(_locked_shifts(proposal))
    for night in proposal.nights.select_related("shift"):
        if night.shift.status == ShiftStatus.DRAFT:
            _erase(night, by)
    _save(proposal)
    audit.record(action="proposal.discarded", subject=proposal, by=by)
    return proposal


def _check_none_open(by: Membership, month: date) -> None:
    """One proposal at a time for a month: two would plan the same nights twice."""
    waiting = Proposal.objects.filter(
        organization_id=by.organization_id, month=month, status=ProposalStatus.OPEN
    )
    if waiting.exists():
        raise Conflict(
            _("There is a proposal for that month already. Publish or discard it first."), code="proposed"
        )


def _insert(proposal: Proposal) -> None:
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError:  # another coordinator proposed the same month at this moment
        raise Conflict(_("There is a proposal for that month already."), code="proposed") from None


def _lock(proposal: Proposal, by: Membership) -> Proposal:
    fresh = Proposal.objects.select_for_update().filter(pk=proposal.pk).first()
    if fresh is None:
        raise NotFound
    by.require(Permission.SHIFT_PLAN, fresh)
    return fresh


def _lock_night(night: ProposedNight, by: Membership) -> tuple[Proposal, ProposedNight]:
    """Lock the proposal, which guards its nights, and read the night as it is now."""
    proposal = _lock(Proposal(pk=night.proposal_id), by)
    fresh = ProposedNight.objects.select_related("shift").filter(pk=night.pk, proposal=proposal).first()
    if fresh is None:
        raise NotFound
    if fresh.shift.status != ShiftStatus.DRAFT:
        raise Conflict(_("That night is published already."), code="published")
    return proposal, fresh


def _locked_shifts(proposal: Proposal) -> list[Shift]:
    ours = ProposedNight.objects.filter(proposal_id=proposal.pk).values("shift_id")
    return list(Shift.objects.select_for_update().filter(pk__in=ours).order_by("pk"))


def _erase(night: ProposedNight, by: Membership) -> None:
    audit.record(action="night.dropped", subject=night.shift, by=by)
    ShiftRole.objects.filter(shift_id=night.shift_id).delete()
    night.shift.delete()  # the night goes with its draft


def _save(proposal: Proposal) -> None:
    proposal.version += 1
    proposal.save()
