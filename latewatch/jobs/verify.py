"""Verify: whether the memory of the records is as it was sealed, and what to do where it is not."""

from dataclasses import dataclass, field

from latewatch.jobs.office import Office
from latewatch.store.reports.verify import Count, Harm, Harmed, harmed
from latewatch.store.verify import Damage, Misfit, Seal, Walk, misfits, newest_seal, sealed_as

MOST = 200  # misfits that are named; more than that and the database is another one
SHORT = 16  # letters of a seal that a digest carries: too many to be hit by trying

_WORDS = {
    Damage.VERSION: "hồ sơ {code}, phiên bản {version} (lô {batch}): không khớp niêm phong; nội dung bị sửa, "
    "hoặc phiên bản ghi ngay trước nó bị xóa, chèn thêm hay đổi chỗ",
    Damage.GAP: "hồ sơ {code}: thiếu phiên bản {version}; phiên bản này bị xóa hoặc đổi số",
    Damage.COUNT: "lô {batch}: có {found} phiên bản, khi lấy là {sealed}; phiên bản bị xóa hoặc chèn thêm",
    Damage.ORPHANS: "lô {batch}: không còn trong bảng lô mà vẫn có {found} phiên bản; lô bị xóa",
    Damage.BATCH: "lô {batch}: không khớp niêm phong; thông tin của lô bị sửa, hoặc lô niêm phong ngay trước "
    "bị xóa, chèn thêm hay đổi chỗ",
    Damage.LOST_BATCH: "lô {batch}: số niêm phong là {found}, phải là {sealed}; có lô bị xóa hoặc chèn thêm",
    Damage.UNSEALED: "lô {batch}: đã lấy xong mà không có niêm phong; lô bị chèn thêm hoặc niêm phong bị xóa",
    Damage.STATE: "lô {batch}: ghi “đã hoàn tác” mà không có lô hoàn tác nó, hoặc ngược lại",
    Damage.EDITED: "hồ sơ {code}: bảng hồ sơ ghi khác phiên bản {version}; bảng hồ sơ bị sửa",
    Damage.NUMBER: "hồ sơ {code}: bảng hồ sơ ở phiên bản {version}, phiên bản mới nhất đã ghi là {found}; "
    "bảng hồ sơ bị sửa hoặc phiên bản bị xóa",
    Damage.LOST: "hồ sơ {code}: không còn trong bảng hồ sơ, phiên bản {version} (lô {batch}) chưa hoàn tác; "
    "hồ sơ bị xóa",
    Damage.REVIVED: "hồ sơ {code}: đã rút khi hoàn tác (phiên bản {version}) mà còn trong bảng hồ sơ",
    Damage.STRANGER: "hồ sơ {code}: có trong bảng hồ sơ mà không có phiên bản nào; hồ sơ bị chèn thêm",
}


@dataclass(slots=True)
class Verdict:
    """What was looked at, and what does not fit. `asked` is the seal noted earlier, where one was given."""

    walk: Walk
    seal: Seal | None
    misfits: list[Misfit] = field(default_factory=list)
    more: int = 0
    asked: str = ""
    found: list[Seal] = field(default_factory=list)
    reports: int = 0
    harmed: list[Harmed] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.misfits and not self.harmed and (not self.asked or bool(self.found))


def verify(office: Office, asked: str = "") -> Verdict:
    """Make every seal again and compare. Raises StoreError where the database cannot be read."""
    walk = Walk()
    with office.store.reading() as connection:
        found = list[Misfit]()
        more = 0
        for each in misfits(connection, walk):
            if len(found) < MOST:
                found.append(each)
            else:
                more += 1
        seals = sealed_as(connection, asked) if asked else []
        count = Count()
        reports = list(harmed(connection, count))
        seal = newest_seal(connection)
        return Verdict(walk, seal, found, more, asked, seals, reports=count.reports, harmed=reports)


def misfit_words(each: Misfit) -> str:
    """Say what does not fit and what was done to it."""
    return _WORDS[each.damage].format(
        code=each.code, version=each.version, batch=each.batch, found=each.found, sealed=each.sealed
    )


_HARMS = {
    Harm.EDITED: "không khớp niêm phong; nội dung bị sửa",
    Harm.MISSING: "bị xóa",
    Harm.ADDED: "bị chèn thêm, chương trình không chốt báo cáo này",
}


def harm_words(each: Harmed) -> str:
    """Say what was done to a frozen report."""
    return f"báo cáo đã chốt số {each.number}: {_HARMS[each.harm]}"


def seal_words(seal: Seal) -> str:
    """Return a seal short enough to be noted by hand."""
    return f"lô {seal.batch}, {seal.seal[:SHORT]}"
