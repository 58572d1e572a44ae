#!/usr/bin/env bash
# pyais 3.3.1 encodes a message 21 (aid to navigation) as a sentence of the own ship, and cuts its name without a word.
#
# Input: a virtual aid named with 24 characters, all of the six-bit alphabet; the standard has room for 20 and a name
# extension of 14 more.
# Expected: !AIVDM, and the rest of the name in the extension or an error. Seen: !AIVDO, which receivers take for their
# own position, and the name ends after 20 characters.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install pyais==3.3.1
seen=$(py/bin/python - <<'PY'
from pyais import decode, encode_dict
lines = encode_dict({'msg_type': 21, 'mmsi': 993672001, 'aid_type': 1, 'virtual_aid': 1, 'lat': 36.5, 'lon': -122.0,
                     'name': 'DRIFTING BUOY B003 EAST4'})
back = decode(*lines)
print(lines[0][:6], len(back.name), repr(back.full_name) if hasattr(back, 'full_name') else repr(back.name))
PY
)
echo "pyais 3.3.1: $seen"
case "$seen" in '!AIVDO 20 '*) ;; *) exit 1 ;; esac
