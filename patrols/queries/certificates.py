"""The hours behind a certificate, and its code."""

from decimal import Decimal

from accounts import blind
from accounts.models import CODE_ALPHABET
from patrols.models import CrewMember, HoursCertificate
from patrols.queries.weeks import MOMENTS, OwnWeek, own_total
from patrols.states import FINISHED, WALKED

LENGTH = 8


def walked(certificate: HoursCertificate) -> OwnWeek:
    """What its member walked between its days, from the evidence of finished patrols."""
    outings = CrewMember.objects.filter(
        membership_id=certificate.membership_id,
        attendance__in=WALKED,
        patrol__status__in=FINISHED,
        patrol__shift__service_date__gte=certificate.from_on,
        patrol__shift__service_date__lte=certificate.to_on,
    )
    return own_total(list(outings.values_list(*MOMENTS)))


def tenths(hours: float) -> Decimal:
    return Decimal(str(round(hours, 1)))


def code_of(certificate: HoursCertificate) -> str:
    """Its eight characters: the same each time it is printed, and not to be found in the database."""
    number = int(blind.tag("certificate", str(certificate.pk)), 16)
    letters = []
    for _place in range(LENGTH):
        number, rest = divmod(number, len(CODE_ALPHABET))
        letters.append(CODE_ALPHABET[rest])
    return "".join(letters)


def digest_of(code: str) -> str:
    return blind.tag("certificate code", code)


def by_code(typed: str) -> HoursCertificate | None:
    """The certificate that was issued under this code, however it was typed; or none. Whether it is
    still valid, it says itself."""
    code = "".join(letter for letter in typed.upper() if letter.isalnum())
    if len(code) != LENGTH:
        return None
    return HoursCertificate.objects.filter(code_digest=digest_of(code)).first()
