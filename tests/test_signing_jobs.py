"""Letters signed here, handed out, taken back: what is kept, what is refused, what a person reads."""

import atexit
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp

import pikepdf
import pytest
from authorities import PASSWORD, Authority, Party, draw_seal, draw_signature, self_made, time_stamp_server
from offices import NOW, SOURCE, UNITS, Desk, desk_in, row
from signed_letters import AUTHORITY, PERSON, SEAL, Elsewhere
from typer.testing import CliRunner, Result

from latewatch.cli.main import app
from latewatch.domain.letters.life import LetterState, Move
from latewatch.errors import LetterError
from latewatch.jobs.letters.handing import hand_out
from latewatch.jobs.letters.moving import Selection, move_letters
from latewatch.jobs.letters.numbering import number_letters
from latewatch.jobs.letters.returning import Returned, attach_signed, verify_signed
from latewatch.jobs.letters.review import review_letters
from latewatch.jobs.letters.signing import sign_letters
from latewatch.jobs.office import Office
from latewatch.store.letters.documents import Document, DocumentKind, document_of
from latewatch.store.letters.life import changes_of, stored_letters

BY = "Văn thư Ví Dụ"
FIRST, SECOND = "H99.01-261102-0001", "H99.01-261102-0002"
ALL = Selection(states=(LetterState.NUMBERED,))
REASON = '[letters]\nreason = "quá tải"\n'


def signer(kind: str, file: str, unit: str = "", image: str | None = None) -> str:
    picture = image or ("chu-ky.png" if kind == "person" else "dau.png")
    return (
        f'[[signers]]\nunit = "{unit}"\nkind = "{kind}"\npkcs12_file = "{file}"\n'
        f'password_file = "mat-khau.txt"\nimage = "{picture}"\n'
    )


PERSON_HERE, SEAL_HERE = signer("person", "nguoi.p12"), signer("seal", "dau.p12")
TRUSTED = '[signing]\ntrusted = "tin"\n'


@cache
def numbered_letters() -> Path:
    """An office with two numbered letters, made once; keys and pictures lie beside its configuration."""
    folder = Path(mkdtemp(prefix="lw-ky-")) / "office"
    atexit.register(shutil.rmtree, folder.parent)
    desk = desk_in(folder, REASON)
    PERSON.pkcs12(folder / "nguoi.p12")
    SEAL.pkcs12(folder / "dau.p12")
    (folder / "mat-khau.txt").write_text(PASSWORD, encoding="utf-8")
    draw_signature(folder / "chu-ky.png")
    draw_seal(folder / "dau.png")
    AUTHORITY.trusted(folder / "tin")
    units = {FIRST: "Phòng Kinh tế", SECOND: "Phòng Văn hóa - Xã hội"}
    facts = {"promised": "13/11/2026", "applicant": "Trần Thị Mẫu"}
    desk.export("a.csv", [row(code, unit=unit, **facts) for code, unit in units.items()])
    desk.poll()
    desk.draft()
    with desk.open() as office:
        for step in (review_letters, number_letters):
            moved = step(office, Selection(states=tuple(LetterState)[:2]), NOW, by=BY)
            assert [each.problem for each in moved] == ["", ""]
    return folder


def office_in(folder: Path, *tables: str) -> Desk:
    """A copy of that office with whatever `tables` say of signing."""
    desk = Desk(shutil.copytree(numbered_letters(), folder))
    desk.configure(SOURCE, UNITS, REASON, *tables)
    return desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return office_in(tmp_path / "office", PERSON_HERE, SEAL_HERE, TRUSTED)


def state_of(office: Office, code: str = FIRST) -> LetterState:
    with office.store.reading() as connection:
        return next(each.state for each in stored_letters(connection) if each.code == code)


def kept(office: Office, kind: DocumentKind = DocumentKind.SIGNED, code: str = FIRST) -> Document | None:
    with office.store.reading() as connection:
        letter = next(each for each in stored_letters(connection) if each.code == code)
        return document_of(connection, letter.id, kind)


class TestSigning:
    def test_person_and_seal_sign_what_was_numbered(self, desk: Desk) -> None:
        with desk.open() as office:
            moved = sign_letters(office, ALL, NOW, by=BY)
            assert [(each.after, each.problem) for each in moved] == [(LetterState.SIGNED, "")] * 2
            document, unsigned = kept(office), kept(office, DocumentKind.UNSIGNED)
            assert document is not None
            assert unsigned is not None
            assert document.content.startswith(unsigned.content)
            assert document.made_at == NOW
            report = document.report
            assert report is not None
            assert [each["subject"] for each in report["signatures"]] == [
                "Nguyễn Văn Ví Dụ, UBND xã Ví Dụ",
                "Phòng Kinh tế xã Ví Dụ, UBND xã Ví Dụ",
            ]
            assert report["signatures"][0]["signed_at"] == NOW.isoformat()
            assert report["flaws"] == []
            with office.store.reading() as connection:
                letter = next(stored_letters(connection))
                last = changes_of(connection, letter.id)[-1]
            assert (last.before, last.after, last.by) == (LetterState.NUMBERED, LetterState.SIGNED, BY)

    def test_only_a_person_where_there_is_no_seal(self, tmp_path: Path) -> None:
        with office_in(tmp_path / "office", PERSON_HERE).open() as office:
            sign_letters(office, Selection(FIRST), NOW, by=BY)
            document = kept(office)
            assert document is not None
            assert document.report is not None
            assert len(document.report["signatures"]) == 1
            assert "chưa kiểm tra chuỗi" in document.report["notes"][-1]

    def test_a_unit_has_a_signer_of_its_own(self, tmp_path: Path) -> None:
        desk = office_in(tmp_path / "office", PERSON_HERE, signer("person", "rieng.p12", "PVH"), TRUSTED)
        AUTHORITY.issue("Lê Thị Ví Dụ", 13).pkcs12(desk.folder / "rieng.p12")
        with desk.open() as office:
            sign_letters(office, ALL, NOW, by=BY)
            subjects = []
            for code in (FIRST, SECOND):
                document = kept(office, code=code)
                assert document is not None
                assert document.report is not None
                subjects.append(document.report["signatures"][0]["subject"].partition(",")[0])
        assert subjects == ["Nguyễn Văn Ví Dụ", "Lê Thị Ví Dụ"]

    def test_one_unit_without_a_key_does_not_stop_the_other(self, tmp_path: Path) -> None:
        desk = office_in(tmp_path / "office", signer("person", "nguoi.p12", "PKT"), TRUSTED)
        with desk.open() as office:
            moved = sign_letters(office, ALL, NOW, by=BY)
            assert [each.after for each in moved] == [LetterState.SIGNED, LetterState.NUMBERED]
            assert "hand-out" in moved[1].problem

    def test_a_trial_signs_nothing(self, desk: Desk) -> None:
        with desk.open() as office:
            moved = sign_letters(office, ALL, NOW, by=BY, dry_run=True)
            assert [each.after for each in moved] == [LetterState.SIGNED] * 2
            assert state_of(office) is LetterState.NUMBERED
            assert kept(office) is None
            assert kept(office, DocumentKind.UNSIGNED) is None

    def test_signed_on_paper_has_no_document(self, desk: Desk) -> None:
        with desk.open() as office:
            sign_letters(office, Selection(FIRST), NOW, by=BY, on_paper=True)
            assert state_of(office) is LetterState.SIGNED
            assert kept(office) is None

    def test_a_letter_is_signed_once(self, desk: Desk) -> None:
        with desk.open() as office:
            sign_letters(office, Selection(FIRST), NOW, by=BY)
            with pytest.raises(LetterError, match="đã ký"):
                sign_letters(office, Selection(FIRST), NOW, by=BY)

    def test_who_signs_is_asked(self, desk: Desk) -> None:
        with desk.open() as office, pytest.raises(LetterError):
            sign_letters(office, ALL, NOW, by=" ")


def spoiled(desk: Desk, what: str, said: str) -> None:
    """Everything that cannot sign is refused before anything is written, and never with a secret."""
    with desk.open() as office:
        with pytest.raises(Exception, match=said) as refused:
            sign_letters(office, Selection(FIRST), NOW, by=BY)
        assert PASSWORD not in repr(refused.value), what
        assert refused.value.__cause__ is None or PASSWORD not in repr(refused.value.__cause__)
        assert state_of(office) is LetterState.NUMBERED
        assert kept(office) is None
        moved = sign_letters(office, ALL, NOW, by=BY)
        assert all(each.problem and each.after is LetterState.NUMBERED for each in moved)


class TestWhatCannotSign:
    def test_a_wrong_password(self, desk: Desk) -> None:
        (desk.folder / "mat-khau.txt").write_text("khác", encoding="utf-8")
        spoiled(desk, "password", "sai mật khẩu")

    def test_a_missing_password_file(self, desk: Desk) -> None:
        (desk.folder / "mat-khau.txt").unlink()
        spoiled(desk, "password file", "không đọc được tệp bí mật")

    def test_a_file_that_holds_no_certificate(self, desk: Desk) -> None:
        (desk.folder / "nguoi.p12").write_bytes(b"khong phai")
        spoiled(desk, "file", "không phải tệp chứng thư")

    def test_a_missing_file(self, desk: Desk) -> None:
        (desk.folder / "nguoi.p12").unlink()
        spoiled(desk, "file", "không đọc được tệp chứng thư")

    def test_an_expired_certificate(self, desk: Desk) -> None:
        old = AUTHORITY.issue("Nguyễn Văn Ví Dụ", ends=(NOW - timedelta(days=1)).astimezone(UTC))
        old.pkcs12(desk.folder / "nguoi.p12")
        spoiled(desk, "expired", "đã hết hạn ngày 11/11/2026")

    def test_a_certificate_that_is_not_valid_yet(self, desk: Desk) -> None:
        coming = AUTHORITY.issue("Nguyễn Văn Ví Dụ", begins=(NOW + timedelta(days=1)).astimezone(UTC))
        coming.pkcs12(desk.folder / "nguoi.p12")
        spoiled(desk, "not yet", "13/11/2026 mới có hiệu lực")

    def test_a_certificate_for_something_else(self, desk: Desk) -> None:
        AUTHORITY.issue("Máy chủ", uses="encipher").pkcs12(desk.folder / "nguoi.p12")
        spoiled(desk, "use", "nonRepudiation")

    def test_a_certificate_the_office_itself_does_not_trust(self, desk: Desk) -> None:
        Authority("Nơi cấp Lạ", (3, 4)).issue("Nguyễn Văn Ví Dụ").pkcs12(desk.folder / "nguoi.p12")
        spoiled(desk, "issuer", "Nơi cấp Lạ")

    def test_a_revoked_certificate(self, tmp_path: Path) -> None:
        folder = tmp_path / "office"
        desk = office_in(folder, PERSON_HERE, '[signing]\ntrusted = "tin"\nrevoked = "thu-hoi"\n')
        AUTHORITY.revoke(folder / "thu-hoi", (PERSON, datetime(2026, 11, 1, tzinfo=UTC)))
        spoiled(desk, "revoked", "thu hồi")

    def test_a_missing_picture(self, desk: Desk) -> None:
        (desk.folder / "chu-ky.png").unlink()
        spoiled(desk, "picture", "không có tệp ảnh")

    def test_a_picture_that_is_none(self, desk: Desk) -> None:
        (desk.folder / "dau.png").write_bytes(b"\xff\xd8\xff\xe0 JPEG")
        spoiled(desk, "picture", "không đọc được như ảnh PNG")

    def test_a_bad_seal_lets_nobody_sign_alone(self, desk: Desk) -> None:
        (desk.folder / "dau.p12").unlink()
        spoiled(desk, "seal", "không đọc được tệp chứng thư")

    def test_nobody_is_configured(self, tmp_path: Path) -> None:
        spoiled(office_in(tmp_path / "office"), "nobody", "hand-out")


class TestStampedTime:
    @pytest.fixture
    def server(self) -> Party:
        return AUTHORITY.issue("Dấu thời gian Ví Dụ", 12, uses="stamp")

    @contextmanager
    def office(self, folder: Path, url: str, signing: str = "") -> Iterator[Office]:
        table = f'[signing]\ntrusted = "tin"\ntimestamp_url = "{url}"\n{signing}'
        with office_in(folder / "office", PERSON_HERE, SEAL_HERE, table).open() as opened:
            yield opened

    def levels(self, office: Office) -> list[str]:
        document = kept(office)
        assert document is not None
        assert document.report is not None
        return [each["level"] for each in document.report["signatures"]]

    def test_a_time_stamp_is_kept_with_the_signature(self, tmp_path: Path, server: Party) -> None:
        at = NOW + timedelta(seconds=2)
        with time_stamp_server(server, at) as url, self.office(tmp_path, url) as office:
            sign_letters(office, Selection(FIRST), NOW, by=BY)
            assert self.levels(office) == ["B-T", "B-T"]
            document = kept(office)
            assert document is not None
            assert document.report is not None
            assert document.report["signatures"][0]["stamped_at"] == at.isoformat()
            assert document.report["signatures"][0]["stamped_by"].startswith("Dấu thời gian Ví Dụ")

    def test_with_the_lists_of_all_issuers_it_lasts(self, tmp_path: Path, server: Party) -> None:
        folder = tmp_path / "office" / "thu-hoi"
        with (
            time_stamp_server(server, NOW) as url,
            self.office(tmp_path, url, 'revoked = "thu-hoi"\n') as office,
        ):
            AUTHORITY.revoke(folder)
            AUTHORITY.revoke_of_root(folder)
            sign_letters(office, Selection(FIRST), NOW, by=BY)
            assert self.levels(office) == ["B-LT", "B-LT"]
            document = kept(office)
            assert document is not None
            with pikepdf.open(BytesIO(document.content)) as pdf:
                assert len(pdf.Root.DSS.CRLs) == 2

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            pytest.param({"status": 503}, "HTTP 503", id="down"),
            pytest.param({"body": b"<html>"}, "không phải dấu thời gian", id="a web page"),
            pytest.param({"body": b"\0" * 200_000}, "quá dài", id="endless"),
        ],
    )
    def test_a_server_that_fails_leaves_the_letter_numbered(
        self, tmp_path: Path, server: Party, options: dict[str, object], said: str
    ) -> None:
        with time_stamp_server(server, NOW, **options) as url, self.office(tmp_path, url) as office:
            with pytest.raises(LetterError, match=said):
                sign_letters(office, Selection(FIRST), NOW, by=BY)
            assert state_of(office) is LetterState.NUMBERED
            assert kept(office) is None

    def test_a_server_that_is_not_there(self, tmp_path: Path, server: Party) -> None:
        with time_stamp_server(server, NOW) as url:
            gone = url
        with self.office(tmp_path, gone) as office, pytest.raises(LetterError, match="không trả lời"):
            sign_letters(office, Selection(FIRST), NOW, by=BY)

    def test_a_server_nobody_trusts(self, tmp_path: Path) -> None:
        with (
            time_stamp_server(self_made("Giờ giả", 12), NOW) as url,
            self.office(tmp_path, url) as office,
            pytest.raises(LetterError, match="dấu thời gian không được tin"),
        ):
            sign_letters(office, Selection(FIRST), NOW, by=BY)

    def test_a_certificate_that_expired_after_it_was_stamped(self, tmp_path: Path, server: Party) -> None:
        with time_stamp_server(server, NOW) as url, self.office(tmp_path, url) as office:
            ends = (NOW + timedelta(days=2)).astimezone(UTC)
            AUTHORITY.issue("Nguyễn Văn Ví Dụ", ends=ends).pkcs12(tmp_path / "office" / "nguoi.p12")
            sign_letters(office, Selection(FIRST), NOW, by=BY)
            document = kept(office)
            assert document is not None
            file = tmp_path / "moi.pdf"
            file.write_bytes(document.content)
            assert verify_signed(office, file, NOW + timedelta(days=60)).problems == ()


class TestHandedOut:
    def test_names_tell_whose_they_are(self, desk: Desk, tmp_path: Path) -> None:
        with desk.open() as office:
            handed = hand_out(office, Selection(), tmp_path / "cho-ky", NOW)
            document = kept(office, DocumentKind.UNSIGNED)
            assert document is not None
            assert [each.code for each in handed] == [FIRST, SECOND]
            path = handed[0].path
            assert path is not None
            assert path.name == f"{FIRST}-so01-{document.sha256[:10]}.pdf"
            assert hashlib.sha256(path.read_bytes()).hexdigest() == document.sha256

    def test_only_numbered_letters_of_the_unit(self, desk: Desk, tmp_path: Path) -> None:
        with desk.open() as office:
            handed = hand_out(office, Selection(unit="PVH"), tmp_path / "cho-ky", NOW)
            assert [each.code for each in handed] == [SECOND]
            sign_letters(office, Selection(FIRST), NOW, by=BY)
            assert [each.code for each in hand_out(office, Selection(), tmp_path / "cho-ky", NOW)] == [SECOND]
            with pytest.raises(LetterError, match="đã ký"):
                hand_out(office, Selection(FIRST), tmp_path / "cho-ky", NOW)

    def test_a_trial_writes_nothing(self, desk: Desk, tmp_path: Path) -> None:
        with desk.open() as office:
            assert len(hand_out(office, Selection(), tmp_path / "cho-ky", NOW, dry_run=True)) == 2
        assert not (tmp_path / "cho-ky").exists()


class TestTakenBack:
    @pytest.fixture
    def office(self, desk: Desk) -> Iterator[Office]:
        with desk.open() as opened:
            yield opened

    @pytest.fixture
    def handed(self, office: Office, tmp_path: Path) -> list[Path]:
        return [each.path for each in hand_out(office, Selection(), tmp_path / "cho-ky", NOW) if each.path]

    def attach(self, office: Office, *paths: Path, dry_run: bool = False) -> list[Returned]:
        return attach_signed(office, paths, NOW + timedelta(hours=1), by=BY, dry_run=dry_run)

    def test_a_folder_of_signed_letters(self, office: Office, handed: list[Path]) -> None:
        for path in handed:
            path.write_bytes(Elsewhere().sign(PERSON, path.read_bytes()))
        taken = self.attach(office, handed[0].parent)
        assert [(each.code, each.problems) for each in taken] == [(FIRST, ()), (SECOND, ())]
        assert state_of(office) is LetterState.SIGNED
        document = kept(office)
        assert document is not None
        assert document.content == handed[0].read_bytes()
        assert document.report is not None
        assert document.report["signatures"][0]["subject"].startswith("Nguyễn Văn Ví Dụ")

    def test_whatever_the_program_named_it(self, office: Office, handed: list[Path], tmp_path: Path) -> None:
        other = tmp_path / "Tai lieu (1).pdf"
        other.write_bytes(Elsewhere().sign(PERSON, handed[1].read_bytes()))
        assert [each.code for each in self.attach(office, other)] == [SECOND]
        assert state_of(office, SECOND) is LetterState.SIGNED

    def test_a_trial_takes_nothing(self, office: Office, handed: list[Path]) -> None:
        handed[0].write_bytes(Elsewhere().sign(PERSON, handed[0].read_bytes()))
        assert self.attach(office, handed[0], dry_run=True)[0].problems == ()
        assert state_of(office) is LetterState.NUMBERED
        assert kept(office) is None

    def test_one_bad_file_does_not_stop_the_others(self, office: Office, handed: list[Path]) -> None:
        handed[1].write_bytes(Elsewhere().sign(PERSON, handed[1].read_bytes()))
        taken = self.attach(office, *handed)
        assert "chưa có chữ ký số" in taken[0].problems[0]
        assert taken[1].problems == ()

    def test_saved_anew_is_recognised_by_its_name(self, office: Office, handed: list[Path]) -> None:
        anew = handed[0].with_name(handed[0].stem + "_signed.pdf")
        with pikepdf.open(handed[0]) as pdf:
            pdf.save(anew)
        (only,) = self.attach(office, anew)
        assert only.code == FIRST
        assert "incremental update" in only.problems[0]

    def test_of_no_letter(self, office: Office, tmp_path: Path) -> None:
        stranger = tmp_path / "la.pdf"
        pdf = pikepdf.new()
        pdf.add_blank_page()
        pdf.save(stranger)
        (only,) = self.attach(office, stranger)
        assert "không thuộc văn bản nào" in only.problems[0]

    def test_of_a_cancelled_letter(self, office: Office, handed: list[Path]) -> None:
        move_letters(office, Selection(FIRST), Move.CANCEL, NOW, by=BY, why="xong kịp")
        handed[0].write_bytes(Elsewhere().sign(PERSON, handed[0].read_bytes()))
        (only,) = self.attach(office, handed[0])
        assert "đã hủy" in only.problems[0]
        assert state_of(office) is LetterState.CANCELLED

    def test_of_a_letter_that_is_signed(self, office: Office, handed: list[Path]) -> None:
        handed[0].write_bytes(Elsewhere().sign(PERSON, handed[0].read_bytes()))
        self.attach(office, handed[0])
        first = kept(office)
        handed[0].write_bytes(Elsewhere(name="ConDau").sign(SEAL, handed[0].read_bytes()))
        (only,) = self.attach(office, handed[0])
        assert "đã ký rồi" in only.problems[0]
        assert kept(office) == first

    def test_too_large_is_not_even_read(self, office: Office, tmp_path: Path) -> None:
        huge = tmp_path / "to.pdf"
        with huge.open("wb") as file:
            file.truncate(30_000_000)
        assert "lớn hơn 10 MB" in self.attach(office, huge)[0].problems[0]

    def test_a_path_that_is_not_there(self, office: Office, tmp_path: Path) -> None:
        with pytest.raises(LetterError, match="không có tệp hay thư mục"):
            self.attach(office, tmp_path / "khong-co.pdf")

    def test_a_kept_file_stays_valid_when_its_certificate_expires(
        self, office: Office, handed: list[Path]
    ) -> None:
        """That it was there in time is known: it was taken in then."""
        ends = (NOW + timedelta(days=2)).astimezone(UTC)
        handed[0].write_bytes(
            Elsewhere().sign(AUTHORITY.issue("Nguyễn Văn Ví Dụ", ends=ends), handed[0].read_bytes())
        )
        later = NOW + timedelta(days=60)
        assert "hết hạn" in verify_signed(office, handed[0], later).problems[0]
        self.attach(office, handed[0])
        assert verify_signed(office, handed[0], later).problems == ()

    def test_the_office_must_trust_somebody(self, tmp_path: Path) -> None:
        with (
            office_in(tmp_path / "khac").open() as office,
            pytest.raises(LetterError, match=r"signing\.trusted"),
        ):
            attach_signed(office, [tmp_path], NOW, by=BY)

    @pytest.mark.parametrize(
        ("folder", "name"),
        [("tin", "hong.pem"), ("thu-hoi", "hong.crl")],
    )
    def test_a_broken_file_of_trust_is_named(self, tmp_path: Path, folder: str, name: str) -> None:
        table = '[signing]\ntrusted = "tin"\nrevoked = "thu-hoi"\n'
        desk = office_in(tmp_path / "khac", table)
        AUTHORITY.revoke(desk.folder / "thu-hoi")
        (desk.folder / folder / name).write_bytes(b"hong")
        with desk.open() as office, pytest.raises(LetterError, match=name.partition(".")[0]):
            attach_signed(office, [tmp_path], NOW, by=BY)

    def test_a_list_nobody_known_signed_is_refused(self, tmp_path: Path) -> None:
        desk = office_in(tmp_path / "khac", '[signing]\ntrusted = "tin"\nrevoked = "thu-hoi"\n')
        Authority("Nơi cấp Lạ", (3, 4)).revoke(desk.folder / "thu-hoi")
        with desk.open() as office, pytest.raises(LetterError, match="Nơi cấp Lạ"):
            attach_signed(office, [tmp_path], NOW, by=BY)


class TestCommands:
    @pytest.fixture
    def run(self, desk: Desk) -> Callable[..., Result]:
        def invoke(*words: str | Path) -> Result:
            at = ["--at", "2026-11-12T09:00", "--config", str(desk.folder / "config.toml")]
            return CliRunner().invoke(app, ["letters", *map(str, words), *at])

        return invoke

    def test_out_and_back(self, run: Callable[..., Result], tmp_path: Path) -> None:
        out = tmp_path / "cho-ky"
        handed = run("hand-out", "--unit", "PKT", "--out", out)
        assert handed.exit_code == 0, handed.output
        (file,) = out.iterdir()
        refused = run("attach-signed", file, "--by", BY)
        assert refused.exit_code == 1
        assert "chưa có chữ ký số" in refused.output
        file.write_bytes(Elsewhere().sign(PERSON, file.read_bytes()))
        looked = run("verify-signed", file)
        assert looked.exit_code == 0, looked.output
        assert "Nguyễn Văn Ví Dụ" in looked.output
        assert "Chứng thực Ví Dụ" in looked.output
        taken = run("attach-signed", out, "--by", BY, "--json")
        assert taken.exit_code == 0, taken.output
        (only,) = json.loads(taken.output)
        assert (only["code"], only["problems"]) == (FIRST, [])
        assert run("verify-signed", file).exit_code == 0

    def test_signed_here(self, run: Callable[..., Result]) -> None:
        tried = run("sign", "--state", "numbered", "--by", BY, "--dry-run")
        assert "chưa ghi gì: 2" in tried.output
        done = run("sign", "--unit", "PKT", "--by", BY)
        assert done.exit_code == 0, done.output
        assert "đã cấp số → đã ký" in done.output
        assert run("sign", SECOND, "--by", BY, "--on-paper").exit_code == 0

    def test_one_of_all_is_never_meant_by_mistake(self, run: Callable[..., Result], tmp_path: Path) -> None:
        assert run("sign", "--by", BY).exit_code == 2
        assert run("hand-out", "--out", tmp_path).exit_code == 2
