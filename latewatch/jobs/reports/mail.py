"""The message of a parcel of frozen reports: figures in words, pictures, the frozen files beside them."""

from collections.abc import Iterator
from email.message import EmailMessage

from sqlalchemy import Connection

from latewatch.disk import file_stem
from latewatch.domain.tally.columns import NOTHING
from latewatch.domain.tally.rates import ratio
from latewatch.errors import DeliveryError
from latewatch.jobs.office import Office
from latewatch.jobs.reports.parcels import Parcel
from latewatch.jobs.reports.pictures import kept_in
from latewatch.jobs.reports.stored import Content, content_of
from latewatch.notify.report_mail import MailPicture, ReportView, report_message
from latewatch.store.reports.deliveries import WAITING, Sending, StoredSending
from latewatch.store.reports.frozen import part


def composed(
    office: Office, connection: Connection, parcel: Parcel, known: dict[Sending, StoredSending]
) -> EmailMessage | DeliveryError:
    """Compose before the claim: what cannot be composed has certainly not left."""
    files = list(_files(connection, parcel))
    kept = (kept_in(part(connection, each.number, "pictures")) for each in parcel.reports)
    pictures = tuple(next(filter(None, kept), []))
    sender = office.settings.mail.sender
    domain = sender.rpartition("@")[2] or "localhost"
    try:
        return report_message(
            _view(parcel, tuple(name for name, _ in files), pictures, replaces=_replaces(parcel, known)),
            sender=sender,
            to=parcel.to,
            at=parcel.reports[-1].made_at,
            message_id=f"<{file_stem(message_name(parcel))}.latewatch@{domain}>",
            files=files,
        )
    except DeliveryError as e:  # an address in the configuration
        return e


def _replaces(parcel: Parcel, known: dict[Sending, StoredSending]) -> bool:
    """Tell whether an earlier edition has left, or may have."""
    mine = parcel.sending
    return any(
        (each.unit, each.first, each.last) == (mine.unit, mine.first, mine.last)
        and each.edition < mine.edition
        and stored.state != WAITING
        for each, stored in known.items()
    )


def message_name(parcel: Parcel) -> str:
    sending = parcel.sending
    return (
        f"bao-cao-{sending.first:%Y%m%d}-{sending.last:%Y%m%d}-{sending.unit or 'co-quan'}-{sending.edition}"
    )


def _files(connection: Connection, parcel: Parcel) -> Iterator[tuple[str, bytes]]:
    for each in parcel.reports:
        stem = file_stem(f"bieu-{each.form}-{each.first:%Y%m%d}-{each.last:%Y%m%d}-{each.rule}")
        for kind in ("xlsx", "pdf"):
            yield f"{stem}.{kind}", part(connection, each.number, kind)


def _view(
    parcel: Parcel, files: tuple[str, ...], pictures: tuple[MailPicture, ...], *, replaces: bool
) -> ReportView:
    report = parcel.reports[0]
    content = content_of(report)
    return ReportView(
        reporter=content.reporter,
        title=report.title,
        first=report.first,
        last=report.last,
        frozen_at=report.made_at,
        figures=_figures(content),
        rule=f"{report.rule}, {content.rule['title']}",
        replaces=replaces,
        files=files,
        pictures=pictures,
    )


def _figures(content: Content) -> tuple[tuple[str, str], ...]:
    """Return the five main figures of a table that counts by standing."""

    def total(*names: str) -> int:
        return sum(content.total.get(name, 0) for name in names)

    kept, resolved = total("early", "on_time"), total("early", "on_time", "late")
    share = ratio(kept, resolved, 100)
    kept_share = f"{share} %".replace(".", ",") if share is not None else NOTHING
    received = total("online_full", "online_partial", "postal", "direct", "carried")
    return (
        ("Hồ sơ tiếp nhận, gồm cả kỳ trước chuyển sang", _shown(received)),
        ("Đã giải quyết", _shown(resolved)),
        ("Trước hạn và đúng hạn trên đã giải quyết", kept_share),
        ("Đã giải quyết quá hạn", _shown(total("late"))),
        ("Đang giải quyết, đã quá hạn", _shown(total("overdue"))),
    )


def _shown(value: int) -> str:
    return f"{value:,}".replace(",", ".")
