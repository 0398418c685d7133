"""A letter signed: the person first, then the organisation's seal, each an addition to the bytes before it.

PAdES (ETSI.CAdES.detached): level B-B; B-T with a time stamp; B-LT with lists of revoked certificates too.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.layout import AxisAlignment, InnerScaling, Margins, SimpleBoxLayoutRule
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp import StaticStampStyle

from latewatch.errors import LetterError
from latewatch.letters.signing.images import Kind, Picture
from latewatch.letters.signing.keys import Key
from latewatch.letters.signing.lines import Box
from latewatch.letters.signing.place import Place
from latewatch.letters.signing.placing import box_of_seal, box_of_signature
from latewatch.letters.signing.proof import with_proof
from latewatch.letters.signing.trust import NOBODY, Trust
from latewatch.letters.signing.writer import LetterWriter, drop_claim_of_tags

DIGEST = "sha256"
_FIELDS: dict[Kind, tuple[str, str]] = {
    "person": ("NguoiKy", "Chữ ký số của người có thẩm quyền"),
    "seal": ("CoQuan", "Chữ ký số của cơ quan, tổ chức"),
}
_WHOLE = SimpleBoxLayoutRule(
    x_align=AxisAlignment.ALIGN_MID,
    y_align=AxisAlignment.ALIGN_MID,
    margins=Margins(),
    inner_content_scaling=InnerScaling.STRETCH_TO_FIT,
)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who signs: a key and the picture that is shown."""

    kind: Kind
    key: Key
    picture: Picture


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies ready to sign with: the person's hand first, then the seal's; who stamps the time."""

    hands: Sequence[Hand]
    stamper: TimeStamper | None = None
    trust: Trust = NOBODY
    sizes: dict[Kind, int] = field(default_factory=dict)  # of each hand's signatures, once they are known


def signed(pdf: bytes, desk: Desk, place: Place, now: datetime) -> bytes:
    """Return `pdf` with the signatures of the desk's hands at `place`. Raises LetterError."""
    boxes = _boxes(desk.hands, place)
    for hand in desk.hands:
        pdf = _signed_once(pdf, desk, hand, boxes[hand.kind], now)
    return with_proof(pdf, desk.trust, now)


def _boxes(hands: Sequence[Hand], place: Place) -> dict[Kind, Box]:
    pictures = {hand.kind: hand.picture for hand in hands}
    boxes: dict[Kind, Box] = {"person": box_of_signature(place.room, pictures["person"])}
    if "seal" in pictures:
        boxes["seal"] = box_of_seal(place, boxes["person"], pictures["seal"])
    return boxes


def _signed_once(pdf: bytes, desk: Desk, hand: Hand, box: Box, now: datetime) -> bytes:
    name, called = _FIELDS[hand.kind]
    signer = PdfSigner(
        PdfSignatureMetadata(field_name=name, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES),
        signer=hand.key.signing,
        timestamper=desk.stamper,
        stamp_style=_appearance(hand.picture),
        new_field_spec=SigFieldSpec(
            name,
            on_page=box.page,
            box=(box.x1, box.y1, box.x2, box.y2),  # type: ignore[arg-type]  # it takes parts of points too
            readable_field_name=called,
        ),
    )
    try:
        return asyncio.run(_perform(signer, pdf, now, desk.sizes, hand.kind))
    except (SigningError, TimestampRequestError) as e:
        raise LetterError(
            f"không ký được: {type(e).__name__}; kiểm tra chứng thư và máy chủ dấu thời gian."
        ) from e


def _appearance(picture: Picture) -> StaticStampStyle:
    return StaticStampStyle(border_width=0, background=PdfImage(picture.image), background_layout=_WHOLE)


async def _perform(signer: PdfSigner, pdf: bytes, now: datetime, sizes: dict[Kind, int], kind: Kind) -> bytes:
    """Sign at `now`. PdfSigner.sign_pdf would read the machine's clock."""
    writer = LetterWriter(BytesIO(pdf))
    drop_claim_of_tags(writer)
    session = signer.init_signing_session(writer)
    session.system_time = now
    if kind not in sizes:
        sizes[kind] = await session.estimate_signature_container_size(validation_info=None)
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=sizes[kind])
    output = BytesIO()
    digest, _ = document.digest_tbs_document(output=output)
    attributes = PdfCMSSignedAttributes(signing_time=now)
    await document.perform_signature(digest.document_digest, attributes)
    return output.getvalue()
