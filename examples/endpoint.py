"""An endpoint: a reader that other programs see for as long as the `with` block lasts."""

import os
import subprocess
import sys

from applets.hello import Hello
from ifd_bridge import endpoint
from readers import CcidReader, models
from vcard import Card

reader = CcidReader(models.PLAIN)
with endpoint(reader) as pcsc:
    reader.insert(Card(Hello()))
    code = "from smartcard.System import readers; print(*readers())"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **pcsc.environ}, check=True)
