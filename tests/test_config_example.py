"""config.example.toml against the code: every key with its purpose, its type and its default."""

import re
import tomllib
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import NODEFAULT, Struct

from latewatch import typed
from latewatch.config import Settings, Source, load
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.record import EventKind
from latewatch.sources.profiles.profile import load_profile

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"
KIND = re.compile(r"kiểu: (?P<kind>.+?); (?:(?P<required>bắt buộc)|mặc định: (?P<default>.+))")
UNSET = "không đặt"
INSTEAD = {
    "sources.folder",
    "procedures.name",
    "signers.pkcs12_file",
}  # one of two keys is needed, so the example sets one
FROM_A_RULE = {
    "integrity.file_age_hours": "do cơ quan chọn",
    "integrity.reentry_days": "do cơ quan chọn",
    "clock.limit_from": "NĐ 118/2025/NĐ-CP Đ17.3",
    "clock.ends": "Bộ luật Dân sự 2015 Đ148.1",
    "clock.cutoff": "NĐ 118/2025/NĐ-CP Đ18.2",
    "clock.supplement": "NĐ 118/2025/NĐ-CP Đ19.5",
    "clock.financial": "chưa kiểm chứng",
    "clock.consultation": "NĐ 118/2025/NĐ-CP Đ19.4",
    "clock.other": "do cơ quan chọn",
    "clock.close_after_days": "NĐ 118/2025/NĐ-CP Đ19.5",
    "counting.period": "NĐ 09/2019/NĐ-CP Đ12, chưa kiểm chứng",
    "counting.withdrawn": "cách đếm khác nhau giữa các hệ thống",
    "counting.stopped": "cách đếm khác nhau giữa các hệ thống",
    "counting.not_accepted": "cách đếm khác nhau giữa các hệ thống",
    "counting.suspended": "cách đếm khác nhau giữa các hệ thống",
    "counting.refused": "NĐ 118/2025/NĐ-CP Đ19.3",
    "counting.unlimited": "do cơ quan chọn",
    "counting.against": "NĐ 118/2025/NĐ-CP Đ19.6",
    "counting.precision": "Bộ luật Dân sự 2015 Đ148",
    "counting.resolved": "chưa có quy định",
    "counting.unknown_channel": "do cơ quan chọn",
    "reports.by_officer": "do cơ quan chọn",
    "reports.level": "TT 09/2026/TT-BTP Đ11.2",
    "reports.move_to_working_day": "TT 09/2026/TT-BTP Đ11",
    "reports.remind_working_days": "do cơ quan chọn",
    "reports.send_day": "TT 09/2026/TT-BTP Đ11.2",
    "reports.send_at": "do cơ quan chọn",
    "reports.min_volume": "do cơ quan chọn",
    "reports.busy_from": "do cơ quan chọn",
    "counting.due_soon_working_days": "do cơ quan chọn",
    "letters.form": "chưa đọc toàn văn",
    "letters.lead_working_days": "NĐ 118/2025/NĐ-CP Đ19.6",
    "letters.new_date_working_days": "chưa có quy định, do cơ quan chọn",
    "letters.new_date_most_working_days": "do cơ quan chọn",
    "letters.history_cases": "do cơ quan chọn",
    "letters.history_days": "do cơ quan chọn",
    "letters.history_percent": "do cơ quan chọn",
    "letters.paper": "NĐ 30/2020/NĐ-CP, Phụ lục I",
    "letters.register": "NĐ 118/2025/NĐ-CP Đ19.6",
    "sending.notify_desk": "NĐ 118/2025/NĐ-CP Đ19.6",
    "sending.quiet_from": "do cơ quan chọn",
    "sending.quiet_until": "do cơ quan chọn",
    "gateway.later_codes": "Zalo ZNS",
    "feed.stale_after_working_hours": "do cơ quan chọn",
    "feed.shrunk_percent": "do cơ quan chọn",
    "feed.rejected_percent": "do cơ quan chọn",
}


@dataclass(frozen=True)
class Key:
    """A setting in the code: where it stands, what it takes, what it is when nothing is said."""

    name: str
    kind: Any
    default: Any

    @property
    def holds(self) -> type[Struct] | None:
        """The table this key is, or the table its list holds."""
        inner = [self.kind, *typing.get_args(self.kind)]
        return next((each for each in inner if isinstance(each, type) and issubclass(each, Struct)), None)


def keys_of(section: type[Struct], above: str = "") -> Iterator[Key]:
    kinds = typing.get_type_hints(section, include_extras=True)
    for field in msgspec.structs.fields(section):
        default = field.default if field.default_factory is NODEFAULT else field.default_factory()
        key = Key(f"{above}{field.name}", kinds[field.name], default)
        yield key
        if key.holds:
            yield from keys_of(key.holds, f"{key.name}.")


@dataclass(frozen=True)
class Entry:
    """A key in the example: its comment, the text of its value, and whether it is commented out."""

    comment: str
    value: str
    is_set: bool


def read_entries(text: str) -> dict[str, Entry]:
    """Every table and key with the unbroken comment directly above it."""
    entries: dict[str, Entry] = {}
    table, comment = "", []
    for line in text.splitlines():
        header = re.fullmatch(r"\[+(\w+)\]+", line)
        key = re.fullmatch(r"(# )?(\w+) = (.+)", line)
        if header:
            table = header[1]
            entries[table] = Entry("\n".join(comment), "", True)
        elif key:
            assert f"{table}.{key[2]}" not in entries, f"{table}.{key[2]} stands twice"
            entries[f"{table}.{key[2]}"] = Entry("\n".join(comment), key[3], not key[1])
        elif line.startswith("#"):
            comment.append(line.removeprefix("#").strip())
            continue
        comment = []
    return entries


PROFILE = load_profile(Source(name="xuat-tep", folder=Path("in")))
EVENTS = load_profile(Source(name="su-kien", folder=Path("in"), profile="events"))
TEXT = EXAMPLE.read_text(encoding="utf-8")
ENTRIES = read_entries(TEXT)
KEYS = {key.name: key for key in keys_of(Settings)}


def toml(text: str) -> Any:
    return tomllib.loads(f"value = {text}")["value"]


def as_setting(text: str, kind: Any) -> Any:
    """Read a TOML value as the setting it is."""
    return msgspec.convert(toml(text), kind, dec_hook=lambda _, value: Path(value))


def documented(name: str) -> re.Match[str]:
    lines = [KIND.fullmatch(line) for line in ENTRIES[name].comment.splitlines()]
    found = [match for match in lines if match]
    assert len(found) == 1, f"{name} wants one line “kiểu: …; mặc định: …”"
    return found[0]


def test_every_key_of_the_code_is_in_the_example() -> None:
    assert set(KEYS) <= set(ENTRIES), set(KEYS) - set(ENTRIES)


def test_the_example_knows_no_other_keys() -> None:
    assert set(ENTRIES) <= set(KEYS), set(ENTRIES) - set(KEYS)


def test_keys_stand_in_the_order_of_the_code() -> None:
    assert list(ENTRIES) == list(KEYS)


@pytest.mark.parametrize("name", KEYS)
def test_a_key_says_its_purpose_before_its_type(name: str) -> None:
    documented(name)
    purpose = ENTRIES[name].comment.partition("kiểu: ")[0]
    assert len(purpose) > 15
    assert purpose.rstrip().endswith(".")


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_documented_type_is_that_of_the_code(key: Key) -> None:
    assert documented(key.name)["kind"] == typed.described(key.kind)


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_documented_default_is_that_of_the_code(key: Key) -> None:
    stated = documented(key.name)
    if key.default is NODEFAULT:
        assert stated["required"]
    elif key.default is None:
        assert stated["default"] == UNSET
    else:
        assert as_setting(stated["default"], key.kind) == key.default


@pytest.mark.parametrize("key", [key for key in KEYS.values() if "." in key.name], ids=lambda key: key.name)
def test_the_example_sets_each_key_to_its_default(key: Key) -> None:
    entry = ENTRIES[key.name]
    if key.default is None:
        assert entry.is_set is (key.name in INSTEAD)
        as_setting(entry.value, key.kind)
        return
    assert entry.is_set
    if key.default is not NODEFAULT and key.name not in INSTEAD:
        assert as_setting(entry.value, key.kind) == key.default


@pytest.mark.parametrize(("name", "source"), FROM_A_RULE.items(), ids=FROM_A_RULE)
def test_a_default_with_a_source_names_it(name: str, source: str) -> None:
    assert source in ENTRIES[name].comment.partition("nguồn của mặc định: ")[2]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("sources.headings", [*PROFILE.names, *EVENTS.names], id="headings"),
        pytest.param("sources.status_words", [*Status], id="statuses"),
        pytest.param("sources.channel_words", [*Channel], id="channels"),
        pytest.param("sources.event_words", [*EventKind], id="events"),
    ],
)
def test_what_may_stand_in_a_table_of_words_is_listed(name: str, words: list[str]) -> None:
    comment = ENTRIES[name].comment.replace("\n", " ")
    assert [word for word in words if not re.search(rf"\b{word}\b", comment)] == []


def test_the_example_loads_and_gives_the_defaults(tmp_path: Path) -> None:
    file, bare = tmp_path / "config.toml", tmp_path / "bare.toml"
    file.write_bytes(EXAMPLE.read_bytes())
    bare.write_text('[office]\nname = "UBND xã Ví Dụ"\n', encoding="utf-8")
    example, defaults = load(file), load(bare)
    invented = {
        name: getattr(example, name) for name in ("units", "desks", "sources", "procedures", "signers")
    }
    assert msgspec.structs.replace(defaults, **invented) == example
    assert all(len(tables) == 1 for tables in invented.values())


BESIDE = {
    "sources.token_url": {"client_id": "latewatch", "client_secret_env": "SECRET"},
    "sources.client_secret_file": {"client_id": "latewatch", "token_url": "https://sso.example.com/token"},
}


@pytest.mark.parametrize(
    "key", [key for key in KEYS.values() if key.default is None], ids=lambda key: key.name
)
def test_a_key_that_is_commented_out_can_be_used_as_it_stands(key: Key, tmp_path: Path) -> None:
    """Take the `# ` away, and the file still loads; of folder and url only one may stand, a login is whole."""
    line = f"# {key.name.rpartition('.')[2]} = {ENTRIES[key.name].value}"
    table = f"[{key.name.partition('.')[0]}]"
    start = TEXT.index(table)
    text = TEXT[:start] + TEXT[start:].replace(line, line.removeprefix("# "), 1)
    if key.name == "sources.url":
        text = text.replace('\nfolder = "in"\n', "\n")
    if key.name == "signers.pkcs11_module":
        text = text.replace('\npkcs12_file = "bi-mat/nguoi-ky.p12"\n', "\n")
    for other, value in BESIDE.get(key.name, {}).items():
        text = re.sub(rf"^(# )?{other} = .*", f'{other} = "{value}"', text, count=1, flags=re.MULTILINE)
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    settings = load(file)
    section, _, name = key.name.partition(".")
    table_read = getattr(settings, section)
    assert getattr(table_read[0] if isinstance(table_read, tuple) else table_read, name) is not None
