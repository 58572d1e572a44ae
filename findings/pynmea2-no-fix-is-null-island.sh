#!/usr/bin/env bash
# pynmea2 1.19.0 gives the position 0, 0 for a sentence without a fix.
#
# Input: an RMC with status V and a GGA with quality 0, both with empty coordinates, as a receiver sends them until it
# has found its satellites. Expected: nothing, or None. Seen: latitude and longitude are the number 0.0, so whoever does
# not look at the status as well puts the buoy into the Gulf of Guinea.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install pynmea2==1.19.0
seen=$(py/bin/python - <<'PY'
import pynmea2
for text in ('$GPRMC,120000,V,,,,,,,281126,,*3C', '$GPGGA,120000,,,,,0,00,99.99,,,,,,*4B'):
    sentence = pynmea2.parse(text, check=True)
    print(type(sentence).__name__, sentence.latitude, sentence.longitude)
PY
)
echo "pynmea2 1.19.0: $seen"
[ "$seen" = $'RMC 0.0 0.0\nGGA 0.0 0.0' ]
