#!/usr/bin/env bash
# adafruit-circuitpython-rockblock 1.4.2 reads a received message as a line of text: a byte 0x0A or 0x0D ends it, and
# what was read before loses two bytes more.
#
# Input: the modem's answer to AT+SBDRB (length, message, checksum) for the five bytes "AB.CD" and "AB\nCD".
# Seen: the first whole, of the second nothing but an empty message.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install --no-deps adafruit-circuitpython-rockblock==1.4.2
seen=$(py/bin/python - <<'PY'
import io, struct
from adafruit_rockblock import RockBlock

class Modem:
    def __init__(self, message):
        self.message, self.answer = message, io.BytesIO()
    def reset_input_buffer(self):
        pass
    def write(self, command):
        said = b'\r\n\r\nOK\r\n'
        if b'SBDSX' in command:
            said = b'\r\n+SBDSX: 0, 1, 1, 2, 0, 0\r\n\r\nOK\r\n'
        if b'SBDRB' in command:
            said = struct.pack('>H', len(self.message)) + self.message + struct.pack('>H', sum(self.message)) + b'\r\nOK\r\n'
        self.answer = io.BytesIO(command + said)
    def readline(self):
        return self.answer.readline()

for message in (b'AB.CD', b'AB\nCD'):
    print(RockBlock(Modem(message)).data_in)
PY
)
echo "$seen"
[ "$seen" = $'b\'AB.CD\'\nb\'\'' ]
