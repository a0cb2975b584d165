"""Only vcard ends a world's process with a status of its choice."""

import os
import subprocess
import sys

import pytest

from ifd_bridge.cli import OWN_FAILURE, own_end

END_S = 20
WAYS = {
    "os._exit(0)": "os._exit(0)",
    "os.execv('/bin/true')": "os.execv('/bin/true', ['true'])",
    "os.execve('/bin/true')": "os.execve('/bin/true', ['true'], {})",
    "os.execve('/bin/echo')": "os.execlpe('/bin/echo', 'echo', {})",
}


def ended(code):
    program = f"import os\nfrom ifd_bridge.cli import own_end\n{code}"
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=END_S, check=False
    )


@pytest.mark.slow  # a process each
@pytest.mark.parametrize("told", WAYS)
def test_each_way_to_end_it_is_told_by_name_and_a_failure(told):
    done = ended(f"with own_end.ours_alone():\n    {WAYS[told]}")
    assert done.returncode == OWN_FAILURE
    assert done.stdout == ""
    assert done.stderr == f"vcard: {told} was called in this process, not by vcard\n"


@pytest.mark.slow  # a process
def test_vcard_itself_may_leave_with_any_status():
    assert ended("with own_end.ours_alone():\n    own_end.leave(3)").returncode == 3


def test_afterwards_all_is_as_before_even_after_a_failure():
    before = [getattr(os, name) for name in own_end.ENDS]
    with pytest.raises(ValueError, match="on purpose"), own_end.ours_alone():
        assert [getattr(os, name) for name in own_end.ENDS] != before
        raise ValueError("on purpose")
    assert [getattr(os, name) for name in own_end.ENDS] == before


def test_a_forked_process_ends_as_it_likes():
    with own_end.ours_alone():
        child = os.fork()
        if not child:
            os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
