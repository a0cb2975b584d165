"""Makes and reads packets with pySim's classes: JSON requests and answers, one per line."""

import json
import sys

from pySim.ota import OtaDialectSms, OtaKeyset


def answered(request: dict) -> dict:
    keys = OtaKeyset(
        request["crypt"], request["version"], bytes.fromhex(request["kic"]),
        request["auth"], request["version"], bytes.fromhex(request["kid"]), request["counter"],
    )  # fmt: skip
    dialect, spi = OtaDialectSms(), request["spi"]
    if "response" not in request:
        tar, data = bytes.fromhex(request["tar"]), bytes.fromhex(request["data"])
        return {"packet": dialect.encode_cmd(keys, tar, spi, data).hex()}
    response, script = dialect.decode_resp(keys, spi, request["response"])
    said = {} if script is None else {
        "count": script.number_of_commands,
        "word": script.last_status_word,
        "data": script.last_response_data,
    }  # fmt: skip
    return {"status": str(response.response_status), **said}


for line in sys.stdin:
    try:
        print(json.dumps(answered(json.loads(line))), flush=True)
    except Exception as error:
        print(json.dumps({"error": repr(error)}), flush=True)
