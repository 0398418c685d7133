"""Who signs for a unit: keys are opened once a run, and one that does not open is not tried again."""

from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from latewatch.config import Settings, Signer, secret
from latewatch.errors import LatewatchError, LetterError
from latewatch.letters.signing.certificates import refuse_unusable
from latewatch.letters.signing.chains import chain_of
from latewatch.letters.signing.flaws import Flaw
from latewatch.letters.signing.images import read_picture
from latewatch.letters.signing.keys import Key, key_from_file
from latewatch.letters.signing.sign import Desk, Hand
from latewatch.letters.signing.timestamps import TimeStampServer
from latewatch.letters.signing.tokens import Device, key_in_token
from latewatch.letters.signing.trust import NOBODY, Trust, read_trust


class Desks:
    """The desks of one run, by unit. Leaving it logs out of every token."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        self._settings = settings
        self._now = now
        self._open = ExitStack()
        self._hands: dict[str, Hand | LatewatchError] = {}
        self._desks: dict[str, Desk] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def of(self, unit: str) -> Desk:
        """Return what signs the letters of the unit with the code `unit`. Raises LetterError, ConfigError."""
        if unit not in self._desks:
            signers = [self._signer(unit, kind) for kind in ("person", "seal")]
            if signers[0] is None:
                raise LetterError(
                    "Chưa khai chứng thư người ký ([[signers]], kind = person) cho đơn vị này; khai thêm, "
                    "hoặc xuất văn bản để ký nơi khác: latewatch letters hand-out"
                )
            hands = [self._hand(each) for each in signers if each is not None]
            self._desks[unit] = Desk(hands, self._stamper, self.trust)
        return self._desks[unit]

    @cached_property
    def trust(self) -> Trust:
        """Whom the office trusts; nobody where it keeps no certificates: then chains are not checked."""
        signing = self._settings.signing
        if signing.trusted is None:
            return NOBODY
        return read_trust(signing.trusted, signing.revoked, signing.timestamp_ca_file)

    @cached_property
    def _stamper(self) -> TimeStampServer | None:
        signing = self._settings.signing
        if signing.timestamp_url is None:
            return None
        return TimeStampServer(signing.timestamp_url, signing.timestamp_ca_file)

    def _signer(self, unit: str, kind: str) -> Signer | None:
        found = {each.unit: each for each in self._settings.signers if each.kind == kind}
        return found.get(unit) or found.get("")

    def _hand(self, signer: Signer) -> Hand:
        """Return the hand of `signer`; what stood in the way the first time still does."""
        where = place_of(signer)
        if where not in self._hands:
            try:
                self._hands[where] = self._made(signer, where)
            except LatewatchError as e:
                self._hands[where] = e
        hand = self._hands[where]
        if isinstance(hand, LatewatchError):
            raise hand
        return hand

    def _made(self, signer: Signer, where: str) -> Hand:
        picture = read_picture(signer.image, signer.kind, where)
        key = self._open.enter_context(_key(signer, where))
        refuse_unusable(key.certificate, self._now, where)
        self._refuse_stranger(key, where)
        return Hand(signer.kind, key, picture)

    def _refuse_stranger(self, key: Key, where: str) -> None:
        if self.trust.is_empty:
            return
        chain = chain_of(key.certificate, key.signing.cert_registry, self.trust, self._now)
        if isinstance(chain, Flaw):
            raise LetterError(f"{where}: {chain.text}.")


def place_of(signer: Signer) -> str:
    """Name a signer's entry of the configuration, as people find it."""
    return f"[[signers]] {signer.unit or 'cơ quan'}, {signer.kind}"


def _key(signer: Signer, where: str) -> AbstractContextManager[Key]:
    if signer.pkcs12_file is not None:
        password = secret("signers.password", signer.password_file, signer.password_env)
        return key_from_file(signer.pkcs12_file, password, where)
    device = Device(signer.pkcs11_module or Path(), signer.pkcs11_token, signer.pkcs11_label)
    return key_in_token(device, secret("signers.pin", signer.pin_file, signer.pin_env), where)
