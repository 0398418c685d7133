"""Whether the dates of a dossier can be true together: a receipt where one is due, no promise before it."""

from collections.abc import Mapping
from typing import Any

from latewatch.domain.dossier import Status

# A dossier may be sent back, withdrawn or dropped before anybody accepts it (NĐ 118/2025, Điều 17.2, 21).
NEEDS_NO_RECEIPT = (
    Status.WAITING,
    Status.NOT_ACCEPTED,
    Status.SUPPLEMENT,
    Status.WITHDRAWN,
    Status.STOPPED,
)


def misfit_of(facts: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the field to blame and why; None where the dates fit. `facts` have a status."""
    received, promised = facts.get("received_at"), facts.get("promised_at")
    if received is None and facts["status"] not in NEEDS_NO_RECEIPT:
        return "received_at", "thiếu ngày tiếp nhận"
    if received and promised and promised < received and promised.date() < received.date():
        problem = f"ngày hẹn trả {promised:%d/%m/%Y} trước ngày tiếp nhận {received:%d/%m/%Y}"
        return "promised_at", problem
    return None
