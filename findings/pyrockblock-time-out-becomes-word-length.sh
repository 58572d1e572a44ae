#!/usr/bin/env bash
# pyRockBlock 1.0.6 opens the modem's port with five data bits, and without a time-out.
#
# It hands its time-out of 5 s on by place, where pyserial 3.5 has the word length. Input: connect() to a pseudo-terminal
# that answers as the modem does. Seen: bytesize 5 and timeout None, where the modem speaks 8 bits.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install pyRockBlock==1.0.6 pyserial==3.5
seen=$(timeout 30 py/bin/python - <<'PY'
import os, threading, time, tty
from pyRockBlock.pyRockBlock import RockBlock

modem, port = os.openpty()
tty.setraw(port)

def answer():
    while True:
        os.write(modem, os.read(modem, 100) + b'\n\r\nOK\r\n')

device = RockBlock(os.ttyname(port))
for work in (answer, device.connect):
    threading.Thread(target=work, daemon=True).start()
while device.s is None:
    time.sleep(0.05)
print(device.s.bytesize, device.s.timeout, flush=True)
os._exit(0)
PY
)
echo "$seen"
[ "$seen" = '5 None' ]
