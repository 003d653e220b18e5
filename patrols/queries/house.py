"""What a board decided for itself."""

from uuid import UUID

from patrols.models import BoardRules


def rules_of(board_id: UUID) -> BoardRules:
    """The hours a board lives by; the defaults, not yet written down, where it decided nothing."""
    decided = BoardRules.objects.filter(organization_id=board_id).first()
    return decided or BoardRules(organization_id=board_id)
