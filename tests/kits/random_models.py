"""Random readers: descriptors with likely, odd and impossible values."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import strategies as st

from readers.ccid.descriptor import WIDTHS, Descriptor
from readers.models import MODELS, Model
from readers.models.model import STANDARD, Endpoint, TransferType

LIKELY: dict[str, list[int]] = {
    name: sorted({getattr(model.descriptor, name) for model in MODELS.values()} | {0, 1})
    for name in WIDTHS
}
LEVELS = [0, 0x10000, 0x20000, 0x40000, 0x70000]


def field(name: str) -> st.SearchStrategy[int]:
    """A field's values: those of real models mostly, else anything that fits."""
    anything = st.integers(0, (1 << WIDTHS[name]) - 1)
    return st.one_of(st.sampled_from(LIKELY[name]), anything)


FEATURES = st.builds(
    lambda level, bits: level | bits, st.sampled_from(LEVELS), st.integers(0, 0xFFF)
)
SLOTS = st.integers(0, 3)
DESCRIPTORS = st.builds(
    Descriptor,
    **{
        one.name: field(one.name)
        for one in fields(Descriptor)
        if one.name not in ("dwFeatures", "bMaxSlotIndex", "dwMaxCCIDMessageLength")
    },
    dwFeatures=st.one_of(FEATURES, field("dwFeatures")),
    bMaxSlotIndex=SLOTS,
    dwMaxCCIDMessageLength=st.one_of(
        st.integers(0, 600), st.sampled_from([271, 263, 64, 65554, 0xFFFFFFFF])
    ),
)
ENDPOINT = st.builds(
    Endpoint,
    st.integers(1, 15).flatmap(lambda n: st.sampled_from([n, n | 0x80])),
    st.sampled_from(TransferType),
    st.sampled_from([8, 16, 64, 512, 1024]),
    st.integers(0, 255),
)
IDS = st.sampled_from(
    [(model.vendor_id, model.product_id) for model in MODELS.values()]
    + [(0xFFFF, 1), (0x076B, 0x3A21), (0x0B97, 0x7762), (0x2F7C, 0x6007), (0x058F, 0x9540)]
)
RATES = st.lists(st.integers(0, 0xFFFFFFFF), max_size=4).map(tuple)


def made(
    descriptor: Descriptor,
    ids: tuple[int, int],
    bcd_device: int,
    protocol: int,
    endpoints: tuple[Endpoint, ...],
    rates: tuple[int, ...],
) -> Model:
    """A model of these parts."""
    return Model(
        "Random",
        vendor_id=ids[0],
        product_id=ids[1],
        bcd_device=bcd_device,
        interface_protocol=protocol,
        endpoints=endpoints,
        descriptor=descriptor,
        data_rates=rates,
    )


RANDOM_MODELS = st.builds(
    made,
    DESCRIPTORS,
    IDS,
    st.sampled_from([0x0000, 0x0100, 0x0207, 0x0632, 0xFFFF]),
    st.sampled_from([0, 0, 0, 1, 2, 7]),
    st.one_of(st.just(STANDARD), st.lists(ENDPOINT, max_size=4).map(tuple)),
    RATES,
)
