"""Signing with a PKCS#11 token: SoftHSM, which every program that knows tokens takes for one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any

import pkcs11
import pytest
from authorities import Party
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from offices import NOW
from pkcs11 import Attribute, CertificateType, ObjectClass, TokenFlag
from signed_letters import AUTHORITY
from test_signing_jobs import ALL, BY, FIRST, TRUSTED, kept, office_in, state_of

from latewatch.domain.letters.life import LetterState
from latewatch.errors import LetterError
from latewatch.jobs.letters import desks
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.signing import sign_letters
from latewatch.letters.signing import tokens

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")  # where Debian's package softhsm2 puts it
PIN = "271828"
PERSON = AUTHORITY.issue("Nguyễn Văn Ví Dụ", 14)
OTHER = AUTHORITY.issue("Lê Thị Ví Dụ", 15)


def util(*words: str) -> None:
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)


def put(token: str, party: Party, label: str, number: str, *, private: bool = True) -> None:
    """Bring certificate and key into a token, as the authority's own program does."""
    if private:
        key = Path(os.environ["SOFTHSM2_CONF"]).with_name("khoa.pem")
        key.write_bytes(party.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        util("--import", str(key), "--token", token, "--label", label, "--id", number, "--pin", PIN)
    with pkcs11.lib(str(MODULE)).get_token(token_label=token).open(rw=True, user_pin=PIN) as session:
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                Attribute.TOKEN: True,
                Attribute.LABEL: label,
                Attribute.ID: bytes.fromhex(number),
                Attribute.SUBJECT: party.asn1.subject.dump(),
                Attribute.VALUE: party.asn1.dump(),
            }
        )


@pytest.fixture(scope="module", autouse=True)
def _tokens() -> Iterator[None]:
    """Two tokens: one with a key as it is usual, one with two, and a certificate whose key is elsewhere."""
    folder = Path(mkdtemp(prefix="lw-hsm-"))
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(config)
    for token in ("mau-mot", "mau-nhieu"):
        util("--init-token", "--free", "--label", token, "--pin", PIN, "--so-pin", PIN)
    put("mau-mot", PERSON, "nguoi-ky", "01")
    put("mau-nhieu", PERSON, "nguoi-ky", "01")
    put("mau-nhieu", OTHER, "nguoi-khac", "02")
    put("mau-nhieu", OTHER, "khong-khoa", "03", private=False)
    yield
    del os.environ["SOFTHSM2_CONF"]
    shutil.rmtree(folder)


def table(
    folder: Path, device: str = "mau-mot", label: str = "", pin: str = PIN, module: Path = MODULE
) -> str:
    (folder / "pin.txt").write_text(pin, encoding="utf-8")
    return (
        f'[[signers]]\npkcs11_module = "{module}"\npkcs11_token = "{device}"\npkcs11_label = "{label}"\n'
        f'pin_file = "{folder / "pin.txt"}"\nimage = "chu-ky.png"\n'
    )


@pytest.mark.parametrize(
    ("token", "label"), [("mau-mot", ""), ("mau-mot", "nguoi-ky"), ("mau-nhieu", "nguoi-ky")]
)
def test_a_token_signs_many_letters_after_one_login(tmp_path: Path, token: str, label: str) -> None:
    desk = office_in(tmp_path / "office", table(tmp_path, token, label), TRUSTED)
    with desk.open() as office:
        moved = sign_letters(office, ALL, NOW, by=BY)
        assert [(each.after, each.problem) for each in moved] == [(LetterState.SIGNED, "")] * 2
        document = kept(office)
    assert document is not None
    assert document.report is not None
    (signature,) = document.report["signatures"]
    assert signature["subject"].startswith("Nguyễn Văn Ví Dụ")
    assert signature["level"] == "B-B"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param({"device": "vang-mat"}, "không thấy thiết bị “vang-mat”", id="absent"),
        pytest.param({"module": Path("/khong/co.so")}, "không nạp được thư viện", id="module"),
        pytest.param({"pin": "314159"}, "không nhận mã PIN", id="pin"),
        pytest.param({"pin": ""}, "thiếu mã PIN", id="no pin"),
        pytest.param({"label": "khong-co"}, "có 0 chứng thư mang nhãn", id="label"),
        pytest.param({"device": "mau-nhieu"}, "có 3 chứng thư", id="several"),
        pytest.param({"device": "mau-nhieu", "label": "khong-khoa"}, "khóa riêng", id="no key"),
    ],
)
def test_what_a_token_cannot_sign_with(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    desk = office_in(tmp_path / "office", table(tmp_path, **options), TRUSTED)
    with desk.open() as office:
        with pytest.raises(LetterError, match=said) as refused:
            sign_letters(office, Selection(FIRST), NOW, by=BY)
        error: BaseException | None = refused.value
        while error is not None:
            assert PIN not in str(error)
            assert "314159" not in str(error)
            error = error.__cause__
        assert state_of(office) is LetterState.NUMBERED


def test_a_wrong_pin_is_tried_once_for_all_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logins = []

    def counted(*words: Any) -> Any:
        logins.append(words)
        return tokens.key_in_token(*words)

    monkeypatch.setattr(desks, "key_in_token", counted)
    desk = office_in(tmp_path / "office", table(tmp_path, pin="314159"), TRUSTED)
    with desk.open() as office:
        moved = sign_letters(office, ALL, NOW, by=BY)
        assert ["không nhận mã PIN" in each.problem for each in moved] == [True, True]
    assert len(logins) == 1


@pytest.mark.parametrize(
    ("flag", "said"),
    [(TokenFlag.USER_PIN_LOCKED, "đã bị khóa"), (TokenFlag.USER_PIN_FINAL_TRY, "chỉ còn một lần thử")],
)
def test_a_token_near_its_lock_is_not_asked(flag: TokenFlag, said: str) -> None:
    """SoftHSM never locks, so what a device that does says of itself stands here."""
    with pytest.raises(LetterError, match=said):
        tokens.refuse_near_lock(SimpleNamespace(flags=flag), "thử")
