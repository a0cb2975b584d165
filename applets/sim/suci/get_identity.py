"""GET IDENTITY: the SUCI, computed from the USIM's files.

Spec: 3GPP TS 31.102, 7.5.
"""

from __future__ import annotations

from applets.shared.file_system.tree import File
from applets.sim.authentication import Authentication
from vcard import SW, Command, Reply, handles, tlv

from .identity import chosen, suci

SUCI_OBJECT = 0xA1
_SUCI, _NON_SEAMLESS_OFFLOAD = 0x01, 0x02
_IMSI, _AD, _UST, _DF_5GS, _DF_SAIP = 0x6F07, 0x6FAD, 0x6F38, 0x5FC0, 0x5FD0
_ROUTING_INDICATOR, _CALCULATED_BY_PHONE = 0x4F0A, 0x4F07
_CALCULATED_BY_CARD = 0x4F01
_CONCEALED, _BY_CARD = 124, 125
_DEFAULT_MNC_DIGITS = 2


class Identities(Authentication):
    """GET IDENTITY on the files of a USIM."""

    @handles(ins=0x78, cla=0x80, p1=0)
    def get_identity(self, command: Command) -> Reply:
        """GET IDENTITY, context 01 (SUCI) or 02 (SUCI for non-seamless offload).

        6985 outside of a USIM or unless services 124 and 125 let the card compute the SUCI; 6A81
        for other contexts; 6982 without PIN 1.
        """
        if command.p2 not in (_SUCI, _NON_SEAMLESS_OFFLOAD):
            return SW.FUNCTION_NOT_SUPPORTED
        adf = self.application()
        imsi = self._body(_IMSI)
        if not imsi or not (self.has_service(_CONCEALED) and self.has_service(_BY_CARD)):
            return SW.CONDITIONS_NOT_SATISFIED
        self.needs_pin(adf)
        routing = self._body(_DF_5GS, _ROUTING_INDICATOR)[:2]
        try:
            made = suci(imsi, self._mnc_digits(), routing, chosen(self._calculation()))
        except ValueError:
            return SW.CONDITIONS_NOT_SATISFIED
        return tlv(SUCI_OBJECT, made)

    def _calculation(self) -> bytes:
        """The contents of EF.SUCI_Calc_Info: the card's in DF.SAIP, else the phone's in DF.5GS."""
        return self._body(_DF_SAIP, _CALCULATED_BY_CARD) or self._body(
            _DF_5GS, _CALCULATED_BY_PHONE
        )

    def _mnc_digits(self) -> int:
        digits = self._body(_AD)[3:4]
        return digits[0] & 15 if digits and digits[0] & 15 in (2, 3) else _DEFAULT_MNC_DIGITS

    def _body(self, *path: int) -> bytes:
        """The contents of a file of the application; empty if it does not exist."""
        file: File | None = self.files.tree.by_path.get((*self.application(), *path))
        return b"" if file is None else self.files.content(file)
