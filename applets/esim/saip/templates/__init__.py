"""The templates of profile packages: the file for each field of a profile element."""

from .by_element import BY_NUMBER, Template, known, template
from .rows import Row

__all__ = ["BY_NUMBER", "Row", "Template", "known", "template"]
