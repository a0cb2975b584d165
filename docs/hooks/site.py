"""What MkDocs calls while it builds the site: it adds generated pages, diagrams, the navigation."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File, Files
from pymdownx.superfences import fence_code_format

from docs.hooks import api
from docs.hooks.command_line import command_line
from docs.hooks.navigation import navigation
from docs.hooks.tables import PAGES

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

ROOT = Path(__file__).parents[2]
COPIED = {
    "explanation/architecture.md": "ARCHITECTURE.md",
    "reference/glossary.md": "GLOSSARY.md",
    "reference/changelog.md": "CHANGELOG.md",
    "how-to/contributing.md": "CONTRIBUTING.md",
}
"""Pages that stand at the top of the tree, for those who look there first."""
FENCE = re.compile(r"^```(\w+) (.*)$", re.MULTILINE)
"""A block with words for the suite, which runs it: `file=NAME`, `run`, `needs=PROGRAM`."""

INCLUDED = re.compile(r"^\{\{ (\S+) \}\}$", re.MULTILINE)
"""A line `{{ PATH }}` stands for that file of the tree, as a block."""


MERMAID = Path(sys.prefix) / "node_modules/mermaid/dist/mermaid.min.js"
"""What draws diagrams; it is a part of the site, so that nothing is fetched from elsewhere."""
SCRIPT = "assets/mermaid.min.js"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Let diagrams be drawn where the script for it is installed; elsewhere they stay text."""
    if MERMAID.is_file():
        config.extra_javascript.append(SCRIPT)
        fence = {"name": "mermaid", "class": "mermaid", "format": fence_code_format}
        config.mdx_configs["pymdownx.superfences"] = {"custom_fences": [fence]}
    return config


def generated() -> Iterator[tuple[str, str]]:
    """The path and the text of every page that no file in docs/ has."""
    for path, page in PAGES.items():
        yield path, "\n".join(page())
    yield "reference/command-line.md", "\n".join(command_line())
    yield from api.pages()
    for path, source in COPIED.items():
        yield path, (ROOT / source).read_text()


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages, and order all of them."""
    for path, text in generated():
        files.append(File.generated(config, path, content=text))
    if MERMAID.is_file():
        files.append(File.generated(config, SCRIPT, abs_src_path=str(MERMAID)))
    config["nav"] = navigation(file.src_uri for file in files.documentation_pages())
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put in files that are shown, and show of a block its file name alone."""
    return FENCE.sub(_shown, INCLUDED.sub(_included, markdown))


def _included(match: re.Match[str]) -> str:
    path = ROOT / match[1]
    language = {".sh": "sh", ".yml": "yaml"}.get(path.suffix, "dockerfile")
    return f'```{language} title="{match[1]}"\n{path.read_text()}```'


def _shown(match: re.Match[str]) -> str:
    named = re.search(r"file=(\S+)", match[2])
    return f'```{match[1]} title="{named[1]}"' if named else f"```{match[1]}"
