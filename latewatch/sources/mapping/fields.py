"""Which field a column is: told by its heading and by what it holds, and how sure that is."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache

import msgspec

from latewatch.sources.files.cells import cleaned, key_of
from latewatch.sources.files.header import Heading
from latewatch.sources.mapping.cells import Kind, is_dossier_code
from latewatch.sources.mapping.layout import Column
from latewatch.sources.mapping.words import spelled_out, tables
from latewatch.sources.profiles.profile import DATE_FIELDS, EVENT_DATE_FIELDS, Reads


class Certainty(StrEnum):
    """How sure a proposal is."""

    SURE = "chắc"
    MAYBE = "có thể"
    UNKNOWN = "không rõ"


@dataclass(frozen=True, slots=True)
class Guess:
    """One column and the field it may be; `field` is empty where nothing speaks for one."""

    column: Column
    field: str
    certainty: Certainty
    why: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What speaks for a column being a field. `likeness` goes from 0 to 1, exact headings have 1."""

    column: Column
    field: str
    likeness: float
    is_fitting: bool
    why: str

    @property
    def certainty(self) -> Certainty:
        if not self.is_fitting:
            return Certainty.UNKNOWN
        return Certainty.SURE if self.likeness == 1 else Certainty.MAYBE


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known of a kind of file: headings by field, and keys of the words of its field of words."""

    reads: Reads
    headings: Mapping[str, Sequence[str]]
    words: Mapping[str, Mapping[str, str]]  # field → key of a word → its meaning


ALIKE = 0.72  # of two headings: below it they have little in common
TOLD = 0.8  # of the words of a column: so many known ones tell what it is
MANY_WORDS = 60  # different ones: a column of more holds no states
LONGEST_LIMIT = 400  # a larger bare number is no limit

_FITTING: Mapping[str, tuple[Kind, ...]] = {
    **dict.fromkeys((*DATE_FIELDS, *EVENT_DATE_FIELDS), (Kind.DATE,)),
    "code": (Kind.CODE, Kind.NUMBER, Kind.TEXT),
    "procedure_code": (Kind.PROCEDURE, Kind.NUMBER, Kind.CODE, Kind.TEXT),
    "phone": (Kind.PHONE, Kind.NUMBER, Kind.TEXT),
    "email": (Kind.EMAIL, Kind.TEXT),
}
_BY_CONTENT = {Kind.PHONE: "phone", Kind.EMAIL: "email", Kind.PROCEDURE: "procedure_code"}


def hints(reads: Reads) -> Mapping[str, Sequence[str]]:
    return msgspec.convert(tables()[reads.value], dict[str, list[str]])


def guesses(columns: Sequence[Column], known: Vocabulary) -> list[Guess]:
    """Return a guess for every column, in their order: a field is proposed for one column only.

    Of two columns that could as well be it, the first is proposed, and a person has to choose.
    """
    claims = sorted(
        (claim for column in columns for claim in _claims(column, known)),
        key=lambda claim: (-claim.likeness, claim.column.index),
    )
    owners: dict[str, Claim] = {}
    owning: dict[int, Claim] = {}
    for claim in claims:
        if claim.is_fitting and claim.field not in owners and claim.column.index not in owning:
            owners[claim.field] = owning[claim.column.index] = claim
    others = [claim for claim in reversed(claims) if claim.column.index not in owning]
    left = {claim.column.index: claim for claim in others}  # the strongest claim of each
    equal = {c.field for c in left.values() if c.is_fitting and c.likeness == owners[c.field].likeness}
    return [
        _chosen(owning[at], equal) if (at := column.index) in owning else _left(column, left.get(at), owners)
        for column in columns
    ]


def _chosen(claim: Claim, equal: Collection[str]) -> Guess:
    if claim.field in equal:
        why = f"{claim.why}, nhưng có cột khác cũng hợp như vậy"
        return Guess(claim.column, claim.field, Certainty.MAYBE, why)
    return Guess(claim.column, claim.field, claim.certainty, claim.why)


def _left(column: Column, claim: Claim | None, owners: Mapping[str, Claim]) -> Guess:
    """Return what is said of a column that got no field."""
    if claim is None:
        return _nothing(column)
    owner = owners.get(claim.field)
    if owner is None or not claim.is_fitting:
        return Guess(column, claim.field, Certainty.UNKNOWN, claim.why)
    how = "cũng hợp" if claim.likeness == owner.likeness else "hợp hơn"
    why = f"{claim.why}, nhưng cột “{owner.column.name}” {how}"
    return Guess(column, claim.field, Certainty.UNKNOWN, why)


def _nothing(column: Column) -> Guess:
    what = "cột trống" if column.kind is Kind.EMPTY else f"cột toàn {column.kind}"
    return Guess(column, "", Certainty.UNKNOWN, f"tiêu đề không giống trường nào; {what}")


def _claims(column: Column, known: Vocabulary) -> Iterator[Claim]:
    for field, aliases in known.headings.items():
        likeness, alias = max((_likeness(column.heading, alias), alias) for alias in aliases)
        if likeness >= ALIKE:
            yield _named(column, field, likeness, alias, known)
    yield from _told_by_content(column, known)


def _named(column: Column, field: str, likeness: float, alias: str, known: Vocabulary) -> Claim:
    how = "tiêu đề đã biết" if likeness == 1 else f"tiêu đề gần giống “{alias}”"
    misfit = _misfit(column, field, known)
    return Claim(column, field, likeness, not misfit, f"{how}, {misfit or _holds(column)}")


def _holds(column: Column) -> str:
    return "cột trống" if column.kind is Kind.EMPTY else f"ô là {column.kind}"


def _misfit(column: Column, field: str, known: Vocabulary) -> str:
    """Say why the cells of a column cannot be the field its heading names; empty where they can."""
    kind = column.kind
    if kind is Kind.EMPTY:
        return ""
    if field in ("time_limit", "limit"):
        is_fitting = kind is Kind.LIMIT or _are_limits(column)
    elif field in known.words:
        is_fitting = kind is Kind.TEXT and len(column.texts) <= MANY_WORDS
    else:
        is_fitting = kind in _FITTING.get(field, (Kind.TEXT, Kind.CODE, Kind.NUMBER, Kind.LIMIT))
    return "" if is_fitting else f"nhưng ô là {kind}"


def _are_limits(column: Column) -> bool:
    """Tell whether bare numbers may be limits: whole and small."""
    short = sum(number for text, number in column.texts.items() if _is_limit(text))
    return short >= TOLD * column.texts.total()


def _is_limit(text: str) -> bool:
    whole = re.fullmatch(r"(\d{1,3})(?:[.,]0{1,2})?", text)
    return bool(whole and int(whole[1]) <= LONGEST_LIMIT) or bool(re.match(r"\d{1,3} ?[^\d.,]", text))


def _told_by_content(column: Column, known: Vocabulary) -> Iterator[Claim]:
    """Yield what the cells alone say: states by their words, codes and phones by their form."""
    for field, words in known.words.items():
        share = _known_share(column, words)
        if share >= TOLD:
            yield Claim(column, field, 1, True, f"{share:.0%} số ô là chữ {_OF_WORDS[field]} đã biết")
    kind = column.kind
    if kind is Kind.CODE and sum(map(is_dossier_code, column.texts)) >= TOLD * len(column.texts):
        yield Claim(column, "code", 0.7, True, "ô có dạng mã hồ sơ")
    if kind is Kind.LIMIT:
        field = "time_limit" if known.reads is Reads.DOSSIERS else "limit"
        yield Claim(column, field, 0.6, True, "ô có dạng thời hạn")
    if kind in _BY_CONTENT and _BY_CONTENT[kind] in known.headings:
        yield Claim(column, _BY_CONTENT[kind], 0.6, True, f"ô có dạng {kind}")


_OF_WORDS = {"status": "trạng thái", "channel": "kênh nộp", "kind": "loại sự kiện"}


def _known_share(column: Column, words: Mapping[str, str]) -> float:
    total = column.texts.total()
    if not total or len(column.texts) > MANY_WORDS:
        return 0
    return sum(number for text, number in column.texts.items() if key_of(text) in words) / total


def _likeness(heading: Heading, alias: str) -> float:
    """Return how alike a column's heading and a known one are; 1 where they are the same."""
    wanted = _plain(alias)
    ways = {_plain(" ".join(heading)), _plain(heading[-1]), _plain(heading[0])}
    return max(_alike(way, wanted) for way in ways)


@cache
def _plain(text: str) -> str:
    """Return a heading as words: `NgayTiepNhan` and `ngay_tiep_nhan` are “Ngày tiếp nhận”."""
    return spelled_out(key_of(re.sub(r"[_.-]+", " ", _split(cleaned(text)))))


def _split(text: str) -> str:
    """Return `NgayTiepNhan` as `Ngay Tiep Nhan`, and `MaTTHC` as `Ma TTHC`."""
    before, after = f" {text}", f"{text[1:]} "
    return "".join(
        f" {letter}"
        if letter.isupper() and (last.islower() or (last.isupper() and following.islower()))
        else letter
        for last, letter, following in zip(before, text, after, strict=False)
    )


@cache
def _alike(one: str, other: str) -> float:
    if one == other:
        return 1
    words, others = set(one.split()), set(other.split())
    shared = len(words & others) / max(len(words), len(others), 1)
    return min(0.99, (SequenceMatcher(None, one, other).ratio() + shared) / 2)
