"""The records of an interface → what they report: words looked up, dates read, doubts set aside."""

from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct

from latewatch.domain.limit import TimeLimit
from latewatch.domain.reading import Reading
from latewatch.domain.record import Rejected, Reported
from latewatch.errors import Place
from latewatch.sources.files.cells import LONGEST_CODE, cleaned, key_of, moment_of
from latewatch.sources.files.rows import Doubt
from latewatch.sources.order import misfit_of
from latewatch.sources.profiles.profile import Profile

MANY_WARNINGS = 20  # of one run: more say nothing new
DEEPEST = 12  # levels of lists and objects in one record; real ones have five
LONGEST_KEPT = 2_000  # characters of a record that is kept as a text
_EVER = datetime.min.replace(tzinfo=UTC)

R = TypeVar("R", bound=Struct)


class UnknownWord(Doubt):
    """A status nobody mapped: the record waits until a person does."""

    def __init__(self, key: str, word: str) -> None:
        reason = f"từ lạ “{word}”; hãy khai nghĩa của nó trong status_words của nguồn rồi chạy lại poll"
        super().__init__(key, reason)
        self.word = word


class Facts:
    """The facts of one record as they are gathered; a `key` is the record's own, for messages.

    What is UNSET was not sent and leaves alone what is stored; what is sent empty empties it. What decides
    nothing and cannot be read is left out, and said in `odd`. Each method raises Doubt for what decides.
    `stamp` says how new the record is, where it tells.
    """

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.code = ""
        self.known: dict[str, Any] = {}
        self.keys: dict[str, str] = {}  # field → key of the record
        self.odd: list[tuple[str, str]] = []
        self.stamp: datetime | None = None

    def name(self, key: str, code: object) -> None:
        """Take the code of the dossier."""
        self.code = text_in(code)
        if not self.code:
            raise Doubt(key, "thiếu mã hồ sơ; hãy sửa ở hệ thống một cửa")
        if len(self.code) > LONGEST_CODE:
            self.code = ""
            raise Doubt(key, f"mã hồ sơ dài quá {LONGEST_CODE} ký tự; hãy sửa ở hệ thống một cửa")

    def text(self, field: str, value: object) -> None:
        if value is not UNSET:
            self.known[field] = text_in(value)

    def moment(self, field: str, key: str, value: object) -> None:
        if value is not UNSET:
            self._read(field, key, lambda: moment_of(text_in(value)))

    def limit(self, key: str, read: Callable[[], TimeLimit | None]) -> None:
        """Take the time limit; `read` raises ValueError."""
        self._read("time_limit", key, read)

    def channel(self, key: str, word: object) -> None:
        if word is not UNSET:
            self._read("channel", key, lambda: self._channel(text_in(word)))

    def status(self, key: str, word: object, shown: object = UNSET) -> None:
        """Take the status; `shown` is what people see of it where that is not the word that decides."""
        self.keys["status"] = key
        text = text_in(word)
        if not text:
            raise Doubt(key, "trạng thái trống; hãy sửa ở hệ thống một cửa")
        status = self.profile.status_of.get(key_of(text))
        if status is None:
            raise UnknownWord(key, text)
        self.known["status"] = status
        self.known["status_text"] = text_in(shown) or text

    def check(self) -> None:
        """Refuse what has no status, and dates that cannot be true together."""
        if "status" not in self.known:
            raise Doubt("", "bản ghi không có trạng thái; hãy kiểm tra khóa profile của nguồn")
        misfit = misfit_of(self.known)
        if misfit:
            field, problem = misfit
            raise Doubt(self.keys.get(field, ""), f"{problem}; hãy sửa ở hệ thống một cửa")

    def _channel(self, word: str) -> Any:
        found = self.profile.channel_of.get(key_of(word))
        if word and found is None:
            raise ValueError(f"kênh nộp lạ “{word}”; hãy khai nghĩa của nó trong channel_words của nguồn")
        return found

    def _read(self, field: str, key: str, read: Callable[[], Any]) -> None:
        self.keys[field] = key
        try:
            self.known[field] = read()
        except ValueError as e:
            if field in self.profile.deciding:
                raise Doubt(key, str(e)) from e
            self.odd.append((key, str(e)))


class Records(Generic[R]):
    """Reads the records of one run, part by part.

    A record that shifting pages repeat is taken once, the newest of a code counts; each oddity is said once.
    Codes in `aside` were set aside by a listing before this one: that is not told again.
    """

    def __init__(
        self, profile: Profile, kind: type[R], read: Callable[[R, Facts], None], aside: Container[str] = ()
    ) -> None:
        self._profile = profile
        self._kind = kind
        self._read = read
        self._aside = aside
        self._seen: dict[str, datetime] = {}  # code → stamp
        self._said: set[tuple[str, str]] = set()

    def part(self, raws: Sequence[Raw], where: str) -> Reading:
        """Return what a page says; `where` names it in messages. A bad record never stops the page."""
        reading = Reading()
        for index, raw in enumerate(raws, start=1):
            self._add(storable(bytes(raw)), Place(where, row=index), reading)
        _keep_newest(reading)
        return reading

    def begin_listing(self) -> None:
        """Forget who was seen: another listing may tell something newer of them."""
        self._seen.clear()

    def _add(self, raw: bytes, place: Place, reading: Reading) -> None:
        facts = Facts(self._profile)
        doubt = self._gather(raw, facts)
        if facts.code and self._is_repeated(facts):
            reading.repeated += 1
            return
        if doubt is None:
            reading.reported.append(Reported(facts.code, facts.known, whole(raw), place))
            reading.fields |= facts.known.keys()
            reading.warnings += self._warnings(facts, place)
            return
        if facts.code in self._aside:
            reading.repeated += 1
            return
        if isinstance(doubt, UnknownWord):
            reading.unknown[doubt.word] += 1
        reading.rejected.append(Rejected(place, doubt.column, str(doubt), whole(raw), facts.code))

    def _gather(self, raw: bytes, facts: Facts) -> Doubt | None:
        """Fill `facts` from one record; return what keeps it out."""
        if is_too_deep(raw):
            return Doubt("", TOO_DEEP)
        try:
            self._read(msgspec.json.decode(raw, type=self._kind), facts)
            facts.check()
        except Doubt as doubt:
            return doubt
        except msgspec.DecodeError as e:
            _, _, at = str(e).partition(" - at ")
            key = at.strip("`").removeprefix("$.")
            return Doubt(key, "bản ghi không đúng dạng của hệ thống này; hãy kiểm tra khóa profile của nguồn")
        return None

    def _is_repeated(self, facts: Facts) -> bool:
        stamp = facts.stamp or _EVER
        before = self._seen.get(facts.code)
        if before is not None and stamp <= before:
            return True
        self._seen[facts.code] = stamp
        return False

    def _warnings(self, facts: Facts, place: Place) -> list[str]:
        new = [each for each in facts.odd if each not in self._said]
        self._said.update(new)
        if len(self._said) > MANY_WARNINGS:
            return []
        return [
            f"{place}, khóa “{key}”: {reason}; hồ sơ vẫn được nhận, khóa này bị bỏ qua" for key, reason in new
        ]


def _keep_newest(reading: Reading) -> None:
    """Of a dossier that stands twice on one page, keep what was read last: only newer ones come this far."""
    newest = {each.code: each for each in reading.reported}
    reading.repeated += len(reading.reported) - len(newest)
    reading.reported = list(newest.values())


def text_in(value: object) -> str:
    """Return a text or number as text, tidied; empty for what is neither."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def whole(raw: bytes) -> dict[str, Any]:
    """Return the record as it was sent; as a text where it is none that can be kept."""
    content: Any = None
    if not is_too_deep(raw):
        with suppress(msgspec.DecodeError):
            content = msgspec.json.decode(raw)
    return content if isinstance(content, dict) else {"bản ghi": _text(raw)}


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")[:LONGEST_KEPT].replace("\0", "")


TOO_DEEP = f"bản ghi lồng nhau quá {DEEPEST} tầng; hãy kiểm tra khóa url và profile của nguồn"


def is_too_deep(raw: bytes) -> bool:
    """Tell whether more than DEEPEST lists and objects lie in one another: what is deep ends its reader."""
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return False
    try:
        level: list[Any] = [msgspec.json.decode(raw)]
    except RecursionError:
        return True
    except msgspec.DecodeError:
        return False  # whoever reads it says why
    for _ in range(DEEPEST + 1):
        level = [each for each in level if isinstance(each, dict | list)]
        if not level:
            return False
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    return True


def storable(raw: bytes) -> bytes:
    """Return the record in UTF-8, without the character no database takes."""
    text = raw.decode(errors="replace").encode()
    if b"\\u0000" not in text or is_too_deep(text):
        return text
    try:
        return msgspec.json.encode(_scrubbed(msgspec.json.decode(text)))
    except msgspec.DecodeError:
        return text


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_scrubbed(each) for each in value]
    if isinstance(value, dict):
        return {_scrubbed(name): _scrubbed(each) for name, each in value.items()}
    return value
