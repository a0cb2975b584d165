"""The form of ES10 requests: their fields in order, and the answer to a wrong form.

The types are SEQUENCEs with implied extensibility: fields come in order, and others may follow
those that the card knows, with context tags of higher numbers; it ignores these. Anything else is
refused, as eUICCs do.
Spec: GSMA SGP.22, 5.7 (ASN.1 of the requests); ITU-T X.680, 24.5 and clause 51 (extensions).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vcard import Tlv, tlv

from .profile_states import Action, Result
from .versions import Version

CONTEXT, NUMBER = 0x80, 0x1F
INCORRECT_INPUT, UNDEFINED = 1, 127


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a request by tag. `field` is the tag of the error code in the response.

    The error code is `number`, or that of a command error of `action` in the card's version.
    """

    needed: tuple[int, ...] = ()
    optional: tuple[int, ...] = ()
    field: int = 0x80
    number: int = UNDEFINED
    action: Action | None = None

    def fits(self, request: Tlv) -> bool:
        """Whether a request has this form. ValueError if it is not made of data objects."""
        tags = [part.tag for part in request.children]
        known = [tag for tag in sorted({*self.needed, *self.optional}, key=_order) if tag in tags]
        here, behind = tags[: len(known)], tags[len(known) :]
        return (
            here == known
            and set(self.needed) <= set(here)
            and all(self._extends(tag) for tag in behind)
        )

    def _extends(self, tag: int) -> bool:
        """Whether a field may come from a later version: its number is above all known ones."""
        last = max((one & NUMBER for one in (*self.needed, *self.optional)), default=-1)
        return tag & 0xC0 == CONTEXT and tag & NUMBER > last

    def refusal(self, tag: int, version: Version) -> bytes:
        """The response that refuses a malformed request."""
        number = self.number
        if self.action is not None:
            number = version.number(self.action, Result.COMMAND_ERROR)
        return tlv(tag, tlv(self.field, bytes((number,))))


def _order(tag: int) -> int:
    """Sort key: context tags by number, then a tag list (5C)."""
    return tag & NUMBER if tag & 0xC0 == CONTEXT else 0x100


FORMS: Mapping[int, Form] = {
    0xBF28: Form(optional=(0x81,), field=0x81),
    0xBF2B: Form(optional=(0xA0,), field=0x81),
    0xBF2D: Form(optional=(0xA0, 0x5C), field=0x81, number=INCORRECT_INPUT),
    0xBF30: Form(needed=(0x80,)),
    0xBF31: Form(needed=(0xA0, 0x81), action=Action.ENABLE),
    0xBF32: Form(needed=(0xA0, 0x81), action=Action.DISABLE),
    0xBF34: Form(needed=(0x82,), action=Action.RESET),
}
"""The requests whose form is checked before their function is called. Other functions check the
fields that they read."""


def refused(request: Tlv, version: Version) -> bytes | None:
    """The response that refuses a malformed request; None if it is well formed or not in FORMS."""
    form = FORMS.get(request.tag)
    if form is None or form.fits(request):
        return None
    return form.refusal(request.tag, version)
