#!/usr/bin/env bash
# rockblock-tools 0.0.4, a client for RockBLOCK's webhooks, reads the vendor's time with day and year exchanged.
#
# Input: the fields of a delivery with transmit_time "26-11-29 10:41:03", 29 November 2026 as the vendor writes it.
# Seen: 26 November 2029. From 2032 on it will raise an error instead.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install rockblock-tools==0.0.4 flask==3.1.3 six==1.17.0 requests==2.34.2 paho-mqtt==2.1.0
seen=$(py/bin/python - <<'PY'
from rockblock_tools.listen import InboundMessage
fields = dict(iridium_latitude='36.5', iridium_longitude='-122.1', iridium_cep='4', device_type='ROCKBLOCK', serial='1',
              transmit_time='26-11-29 10:41:03', momsn='7', imei='300434060000000', data='')
print(InboundMessage(fields).transmit_time.isoformat())
PY
)
echo "rockblock-tools 0.0.4: $seen"
[ "$seen" = 2029-11-26T10:41:03 ]
