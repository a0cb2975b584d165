"""The recipes of docs/ci as shell scripts that follow them literally.

    python -m tests.kits.recipes NAME       prints the script, which begins as root

`.ci/recipes` runs them in Debian roots, in place of containers and runners.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tests.source import ROOT

CI = ROOT / "docs" / "ci"
TEST = """
from smartcard.System import readers

def test_a_card_answers():
    card = readers()[0].createConnection()
    card.connect()
    aid = bytes.fromhex("A00000006203010C0601")
    assert card.transmit([0, 0xA4, 4, 0, 10, *aid])[1:] == (0x90, 0)
"""
"""The test in the user's project."""
PROJECT = f"cat > test_card.py << 'END'{TEST}END\n"
RUNNER = """
for name in sysctl systemctl; do  # what a chroot has not
    printf '#!/bin/sh\\necho "$0 $*"\\n' > /usr/local/sbin/$name
    chmod 755 /usr/local/sbin/$name
done
useradd -m runner
echo 'runner ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/runner
cat > /tmp/steps << 'STEPS'
set -e
cd
export RUNNER_TEMP=$HOME/temp GITHUB_PATH=$HOME/path GITHUB_WORKSPACE=$HOME/work
mkdir -p $RUNNER_TEMP $GITHUB_WORKSPACE
touch $GITHUB_PATH
cd $GITHUB_WORKSPACE
step() { PATH=$(tac $GITHUB_PATH | tr '\\n' ':')$PATH bash -e -o pipefail -c "$1"; }
"""
AS_RUNNER = """STEPS
exec setpriv --reuid runner --regid runner --init-groups env HOME=/home/runner bash -e /tmp/steps
"""
"""Each step in a shell of its own, with the folders that earlier steps put into the path."""


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile: word and rest, lines joined, comments left out."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in re.sub(r"\\\n", " ", lines).splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            yield word, rest.strip()


def dockerfile(text: str) -> str:
    """Run its RUN lines as root, then its CMD as its USER; ValueError for another instruction."""
    script, user, environ = ["set -e"], "root", ""
    for word, rest in instructions(text):
        if word == "RUN":
            script.append(f"sh -e -c {shlex.quote(rest)}")
        elif word == "USER":
            user = rest
        elif word == "ENV":
            environ += f" {rest}"
        elif word == "CMD":
            command = shlex.join(json.loads(rest))
            script.append(
                f"exec setpriv --reuid {user} --regid {user} --init-groups env{environ} {command}"
            )
        elif word != "FROM":
            raise ValueError(f"a Dockerfile's {word} is not known here")
    return "\n".join(script) + "\n"


def steps(done: list[dict[str, Any]]) -> str:
    """The `run` steps of a workflow or an action, by a runner's user."""
    script = ""
    for step in done:
        if "run" in step:
            script += f"step {shlex.quote(step['run'])}\n"
    return RUNNER + PROJECT + script + AS_RUNNER


def github(text: str) -> str:
    """A workflow with one job."""
    [job] = _yaml(text)["jobs"].values()
    return steps(job["steps"])


def action(text: str) -> str:
    """A composite action with its default inputs, and a test behind it."""
    told = _yaml(text)
    inputs = {name: str(value["default"]) for name, value in told["inputs"].items()}

    def filled(value: str) -> str:
        return re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: inputs[found[1]], value)

    done = []
    for step in told["runs"]["steps"]:
        given = {name: filled(value) for name, value in step.get("env", {}).items()}
        exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in given.items())
        done.append({"run": exports + step["run"]})
    tests = "pip install -q pytest\nvcard run --reader pinpad --card hello -- python -m pytest"
    return steps([*done, {"run": tests}])


def gitlab(text: str) -> str:
    """A GitLab job, which is root in its container."""
    [job] = _yaml(text).values()
    lines = [*job["before_script"], *job["script"]]
    return (
        "set -e\nmkdir -p /builds/project\ncd /builds/project\n" + PROJECT + "\n".join(lines) + "\n"
    )


def shell(text: str) -> str:
    """run.sh: as root it installs what is missing, then a user runs it."""
    return (
        f"cat > /tmp/run.sh << 'SCRIPT'\n{text}SCRIPT\nchmod 755 /tmp/run.sh\nuseradd -m alice\n"
        "set -e\ncd /root\n/tmp/run.sh true\nchown alice /run/pcscd\ncd /home/alice\n"
        "exec setpriv --reuid alice --regid alice --init-groups env HOME=/home/alice /tmp/run.sh\n"
    )


def _yaml(text: str) -> Any:
    import yaml  # installed with the documentation's packages

    return yaml.safe_load(text)


RECIPES: dict[str, tuple[Callable[[str], str], str]] = {
    "Dockerfile": (dockerfile, "docs/ci/Dockerfile"),
    "github.yml": (github, "docs/ci/github.yml"),
    "gitlab.yml": (gitlab, "docs/ci/gitlab.yml"),
    "run.sh": (shell, "docs/ci/run.sh"),
    "action.yml": (action, "action.yml"),
}


def script(name: str) -> str:
    """Make the script of a recipe."""
    made, path = RECIPES[name]
    return made((ROOT / path).read_text())


if __name__ == "__main__":
    print(script(sys.argv[1]), end="")
