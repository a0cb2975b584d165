"""Sources that insert their own cards."""

import inspect

import pytest

from ifd_bridge.cards.attachment import Attachment
from ifd_bridge.cards.relay import RelaySlot
from ifd_bridge.cards.vpcd import ForeignSlot


@pytest.mark.parametrize("kind", [ForeignSlot, RelaySlot])
@pytest.mark.parametrize("method", ["attach", "close"])
def test_every_attachment_is_attached_and_closed_alike(kind, method):
    wanted = inspect.signature(getattr(Attachment, method))
    assert inspect.signature(getattr(kind, method)) == wanted
