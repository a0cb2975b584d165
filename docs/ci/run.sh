#!/bin/sh
# A virtual reader in any CI on Debian or Ubuntu: copy this file; the arguments are your tests.
# The first block needs root; the rest is for any user.
set -eu
if [ "$(id -u)" = 0 ]; then
    if ! command -v pcscd > /dev/null; then
        apt-get update -q
        apt-get install -q -y --no-install-recommends pcscd libccid libpcsclite1 python3-venv
    fi
    mkdir -p /run/pcscd   # for an ordinary user where no mount namespace can be made
fi
if ! command -v vcard > /dev/null; then
    python3 -m venv .vcard
    PATH="$PWD/.vcard/bin:$PATH"
    pip install -q vcard-emulator
fi
vcard doctor
[ $# -gt 0 ] || set -- vcard list
exec vcard run --reader pinpad --card 'hello?with=pin-dump' -- "$@"
