"""The owner of a connection, from the kernel."""

import os
import socket

from ifd_bridge.panel.peers import uid_of

TABLE = """\
  sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode
   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000 0 0 1 1
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000 1000 0 2 1
"""


def test_it_is_who_made_the_other_end(tmp_path):
    table = tmp_path / "tcp"
    table.write_text(TABLE)
    assert uid_of(50000, 8080, (tmp_path / "none", table)) == 1000
    assert uid_of(8080, 50000, (table,)) == 0
    assert uid_of(50001, 8080, (table,)) is None


def test_our_own_is_ours():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            assert uid_of(client.getsockname()[1], server.getsockname()[1]) == os.getuid()
        assert uid_of(1, server.getsockname()[1]) is None
