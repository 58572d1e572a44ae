#!/usr/bin/env bash
# GeographicLib's bearing from a place to itself is 180° in the north and 0° in the south, not "none".
#
# geographiclib 2.1 (PyPI) and geographiclib-geodesic (npm, 2.2.0) alike. Input: Inverse() of the same point twice, as
# when a boat lies beside its buoy. Seen: distance 0, and in the northern hemisphere the azimuth 180, in the southern 0.
# A page that shows a bearing must look at the distance first, or the needle turns round when the buoy is reached.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install geographiclib==2.1
npm init -y >/dev/null && npm install --silent geographiclib-geodesic@2.2.0 >/dev/null
python=$(py/bin/python -c '
from geographiclib.geodesic import Geodesic
print([Geodesic.WGS84.Inverse(lat, -122, lat, -122)["azi1"] for lat in (36, -36)])')
node=$(node -e '
const { Geodesic } = require("geographiclib-geodesic")
console.log(JSON.stringify([36, -36].map((lat) => Math.abs(Geodesic.WGS84.Inverse(lat, -122, lat, -122).azi1))))')
echo "Python: $python"
echo "JavaScript: $node"
[ "$python" = '[180.0, 0.0]' ] && [ "$node" = '[180,0]' ]
