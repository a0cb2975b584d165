"""The time slice of a thread, as the kernel tells it."""

import ctypes
import platform

import pytest

from ifd_bridge.system import threads


def attributes():
    """The policy, nice value and time slice of this thread (0 if the kernel tells none)."""
    if platform.machine() not in threads.SETATTR:
        pytest.skip("the number of the system call is not known here")
    raw = ctypes.create_string_buffer(threads._ATTR.size)
    getattr_number = threads.SETATTR[platform.machine()] + 1
    done = ctypes.CDLL(None).syscall(ctypes.c_long(getattr_number), 0, raw, len(raw), 0)
    assert done == 0
    _size, policy, _flags, nice, _priority, time_slice, *_ = threads._ATTR.unpack(raw.raw)
    return policy, nice, time_slice
