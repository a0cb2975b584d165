"""A process without standard streams gets /dev/null for them, and none of its own files."""

import os
import subprocess
import sys
from itertools import product

import pytest

CODE = """
import os, sys
from ifd_bridge.system.standard_streams import make_good
make_good()
make_good()
told = open(sys.argv[1], "w")
for fd, name in enumerate(("stdin", "stdout", "stderr")):
    print(os.path.samestat(os.fstat(fd), os.stat(os.devnull)), os.get_inheritable(fd),
          getattr(sys, name).fileno(), file=told)
print(told.fileno() > 2, file=told)
sys.stdout.write("said")
sys.stdout.flush()
sys.stderr.write("whispered")
"""


@pytest.mark.slow  # a process each
@pytest.mark.parametrize("closed", list(product((False, True), repeat=3)))
def test_each_closed_stream_is_dev_null_and_the_others_are_as_they_were(tmp_path, closed):
    def close():
        for number, shut in enumerate(closed):
            if shut:
                os.close(number)

    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path / "told")],
        input=b"", capture_output=True, check=True, preexec_fn=close,
    )  # fmt: skip
    *streams, apart = (tmp_path / "told").read_text().splitlines()
    assert streams == [f"{shut} True {number}" for number, shut in enumerate(closed)]
    assert apart == "True"
    assert done.stdout == (b"" if closed[1] else b"said")
    assert done.stderr == (b"" if closed[2] else b"whispered")
