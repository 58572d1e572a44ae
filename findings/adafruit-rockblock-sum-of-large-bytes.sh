#!/usr/bin/env bash
# adafruit-circuitpython-rockblock 1.4.2 cannot send a binary message whose bytes add up to more than 65,535.
#
# SBD's checksum is the lower two bytes of the sum; the library packs the whole sum. Input: 340 bytes, the largest that
# a RockBLOCK takes and the library's own limit, of 0x80 and of 0xFF. Seen: the first is sent, the second is an error of
# struct, after the modem was told that 340 bytes would come.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install --no-deps adafruit-circuitpython-rockblock==1.4.2
seen=$(py/bin/python - <<'PY'
import struct
from adafruit_rockblock import RockBlock

class Modem:
    def __init__(self):
        self.lines = []
    def reset_input_buffer(self):
        pass
    def write(self, sent):
        if sent.startswith(b'AT+SBDWB'):
            self.lines = [b'READY\r\n', b'\r\n', b'0\r\n']
        elif sent.startswith(b'AT'):
            self.lines = [b'\r\n', b'OK\r\n']
    def readline(self):
        return self.lines.pop(0)

for byte in (0x80, 0xFF):
    try:
        RockBlock(Modem()).data_out = bytes([byte]) * 340
        print(hex(byte), 'sent')
    except struct.error:
        print(hex(byte), 'struct.error')
PY
)
echo "$seen"
[ "$seen" = $'0x80 sent\n0xff struct.error' ]
