"""The grammar of SPECs, which name cards, reader models and drivers: `source?key=value&switch`."""

from __future__ import annotations

from dataclasses import dataclass, field

Options = dict[str, str]


class SpecError(ValueError):
    """A SPEC that names nothing; the message says what would."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A SPEC taken apart: what it names, and the options."""

    source: str
    options: Options = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Spec:
        """Split `source?key=value&switch`; a switch has no value. SpecError for half an option."""
        source, _, tail = text.partition("?")
        options: Options = {}
        for part in filter(None, tail.split("&")):
            key, _, value = part.partition("=")
            if not key:
                raise SpecError(f"{text!r}: an option is key=value, {part!r} is not")
            options[key] = value
        return cls(source, options)

    def __str__(self) -> str:
        tail = "&".join(f"{k}={v}" if v else k for k, v in self.options.items())
        return f"{self.source}?{tail}" if tail else self.source
