"""What is written of a dossier is read for good, by this release and those to come."""

import json

import pytest
from worlds import moment

from latewatch.domain.dossier import Cause, Channel, Dossier, Stage, Status, Suspension
from latewatch.domain.limit import TimeLimit
from latewatch.written import FIELDS, FORM, FORMS, from_document, in_document, to_document, to_values

BARE = Dossier(code="H1", status=Status.PROCESSING)
FULL = Dossier(
    code="H1",
    status=Status.SUPPLEMENT,
    status_text="Chờ bổ sung",
    received_at=moment("2026-11-02T09:30"),
    time_limit=TimeLimit.parse("5d"),
    channel=Channel.ONLINE_FULL,
    applicant="Nguyễn Văn Ví Dụ",
    suspensions=(Suspension(Cause.SUPPLEMENT, moment("2026-11-04T10:00")),),
    stages=(Stage("Phòng A", moment("2026-11-02"), TimeLimit.parse("2d")),),
)


def test_the_newest_form_lists_the_fields_of_a_dossier() -> None:
    """If this fails, a field came, went or moved: add a form to FORMS, and never change one that was there."""
    assert FORMS[FORM] == FIELDS
    assert len(FORMS) == 1


@pytest.mark.parametrize("dossier", [BARE, FULL])
def test_what_is_written_is_read(dossier: Dossier) -> None:
    document = to_document(to_values(dossier))
    assert json.loads(document)[:2] == [FORM, "H1"]
    assert from_document(document) == dossier


@pytest.mark.parametrize("dossier", [BARE, FULL])
def test_a_document_of_the_first_releases_is_read(dossier: Dossier) -> None:
    named = in_document(to_document(to_values(dossier)))
    assert from_document(json.dumps(named)) == dossier
    assert from_document(json.dumps({name: value for name, value in named.items() if value})) == dossier


@pytest.mark.parametrize("document", ["[9]", "[]", '["a"]', "[1]", f"[{FORM}, 1]", "{", "3"])
def test_what_nobody_wrote_is_no_document(document: str) -> None:
    with pytest.raises((ValueError, LookupError)):
        from_document(document)
