#!/usr/bin/env bash
# adafruit-circuitpython-rockblock 1.4.2 gives Iridium's time as UTC, but an hour early in winter where clocks change.
#
# It counts from an epoch in May by the machine's own zone. Input: the modem's answer to AT-MSSTM for noon UTC on
# 15 January and 15 July 2026, on a machine in UTC and in one in Los Angeles (a Raspberry Pi on a boat). Seen: right but
# for the second it rounds off, and in Los Angeles in January an hour less.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install --no-deps adafruit-circuitpython-rockblock==1.4.2
seen=$(py/bin/python - <<'PY'
import datetime, os, time
from adafruit_rockblock import RockBlock

class Modem:
    """Answers as the modem does."""
    def __init__(self, ticks):
        self.ticks, self.lines = ticks, []
    def reset_input_buffer(self):
        pass
    def write(self, command):
        said = b'-MSSTM: %x\r\n' % self.ticks if b'MSSTM' in command else b'\r\n'
        self.lines = [command + b'\r\n', said, b'\r\n', b'OK\r\n']
    def readline(self):
        return self.lines.pop(0)

EPOCH = datetime.datetime(2014, 5, 11, 14, 23, 55, tzinfo=datetime.timezone.utc)
for month in (1, 7):
    at = datetime.datetime(2026, month, 15, 12, tzinfo=datetime.timezone.utc)
    for zone in ('UTC', 'America/Los_Angeles'):
        os.environ['TZ'] = zone
        time.tzset()
        told = RockBlock(Modem(int((at - EPOCH).total_seconds() / 0.09) + 1)).system_time
        print(month, zone, time.strftime('%H:%M', told))
PY
)
echo "$seen"
[ "$seen" = $'1 UTC 12:00\n1 America/Los_Angeles 11:00\n7 UTC 12:00\n7 America/Los_Angeles 12:00' ]
