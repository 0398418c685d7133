"""Letters signed here, or noted as signed on paper: the step is taken when the signed document is there."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from latewatch.domain.letters.life import ALIVE, STEPS, Move, after, check_author
from latewatch.errors import LatewatchError, LetterError
from latewatch.jobs.assess import refuse_old_calendar
from latewatch.jobs.letters.desks import Desks
from latewatch.jobs.letters.documents import from_content, unsigned_document
from latewatch.jobs.letters.drawing import draw_missing
from latewatch.jobs.letters.moving import (
    Chosen,
    Moved,
    Prepare,
    Selection,
    chosen,
    move_letters,
    nothing_more,
)
from latewatch.jobs.office import Office
from latewatch.letters.signing.flaws import FlawKind
from latewatch.letters.signing.place import signature_place
from latewatch.letters.signing.report import DocumentReport
from latewatch.letters.signing.sign import signed
from latewatch.letters.signing.trust import Trust
from latewatch.letters.signing.verify import verified
from latewatch.progress import Progress, silent
from latewatch.store.letters.documents import DocumentKind, keep_document

ON_PAPER = "ký tay trên giấy"
_UNCHECKED = "signing.trusted chưa đặt nên chưa kiểm tra chuỗi chứng thư"
_OF_THE_CHAIN = {FlawKind.UNKNOWN_ISSUER, FlawKind.SELF_SIGNED, FlawKind.BAD_STAMP}


def sign_letters(
    office: Office,
    selection: Selection,
    now: datetime,
    *,
    by: str,
    on_paper: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> list[Moved]:
    """Sign the chosen letters with the office's certificates; `on_paper` only notes that a person did.

    Each letter is signed before its row is written, and both are kept at once or not at all. With `dry_run`
    keys are opened and everything is checked, nothing is signed. Raises LetterError and ConfigError for a
    single dossier; of several, what cannot be signed is named and the others go on.
    """
    if on_paper:
        return move_letters(
            office, selection, Move.SIGN, now, by=by, why=ON_PAPER, dry_run=dry_run, progress=progress
        )
    check_author(by)
    done, letters = [], _chosen(office, selection)
    with Desks(office.settings, now) as desks:
        if not dry_run:
            draw_missing(office, [each.letter for each in letters], now, progress)
        for each in progress(letters, "Ký số"):
            try:
                done.append(_signed(office, desks, each, now, by=by, dry_run=dry_run))
            except LatewatchError as e:
                if selection.code:
                    raise
                done.append(_refused(each, str(e)))
    return done


def _chosen(office: Office, selection: Selection) -> list[Chosen]:
    if not selection.states:
        selection = replace(selection, states=ALIVE if selection.code else STEPS[Move.SIGN].of)
    with office.store.reading() as connection:
        refuse_old_calendar(connection, office)
        return chosen(connection, office, selection)


def _refused(each: Chosen, problem: str) -> Moved:
    letter = each.letter
    return Moved(
        letter.id,
        letter.code,
        each.case.unit,
        letter.state,
        letter.state,
        letter.shown_number,
        problem=problem,
    )


def _signed(office: Office, desks: Desks, each: Chosen, now: datetime, *, by: str, dry_run: bool) -> Moved:
    after(each.letter.state, Move.SIGN)  # refused before anybody signs
    known = office.roster.unit_of(each.case.dossier)
    desk = desks.of(known.code if known else "")
    prepare: Prepare = nothing_more
    if not dry_run:
        unsigned = unsigned_document(office, each.letter, now).content
        head = from_content(each.letter.content or {}).head
        pdf = signed(unsigned, desk, signature_place(unsigned, head), now)
        report = _checked(verified(pdf, unsigned, head, desks.trust, now), desks.trust)
        prepare = keeping(pdf, report)
    mine = Selection(each.letter.code, states=(each.letter.state,))
    (moved,) = move_letters(office, mine, Move.SIGN, now, by=by, prepare=prepare, dry_run=dry_run)
    return moved


def _checked(report: DocumentReport, trust: Trust) -> DocumentReport:
    """Refuse what would be refused from others; without trusted certificates chains are not judged."""
    if trust.is_empty:
        flaws = tuple(flaw for flaw in report.flaws if flaw.kind not in _OF_THE_CHAIN)
        report = DocumentReport(report.signatures, flaws, (*report.notes, _UNCHECKED))
    if not report.is_accepted:
        why = "; ".join(flaw.text for flaw in report.flaws)
        raise LetterError(f"Chữ ký vừa tạo không đạt nên chưa ghi gì: {why}.")
    return report


def keeping(pdf: bytes, report: DocumentReport) -> Prepare:
    """Keep the signed document in the transaction of the step."""

    def keep(connection: Connection, _office: Office, each: Chosen, now: datetime) -> dict[str, Any]:
        told = msgspec.to_builtins(report)
        kept = keep_document(connection, each.letter.id, DocumentKind.SIGNED, pdf, now, told)
        if kept.content != pdf:
            raise LetterError(f"Văn bản xin lỗi của hồ sơ {each.letter.code} đã có bản ký khác.")
        return {}

    return keep
