#!/usr/bin/env bash
# gpsbabel shortens waypoint names by taking letters out of the middle and keeping trailing digits: a sentence with a
# time in it becomes the name of a buoy that does not exist.
#
# gpsbabel 1.8.0 (Debian 12). Input: a GPX waypoint named "Paikea buoy B003 at 12:40", and one named "B003".
# Expected: the front of the name, or a warning. Seen: for Raymarine the sentence comes out as "Paikea buoy B040" and a
# plotter shows B040; "B003" alone stays. Hence a GPX name holds the id and nothing else.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v gpsbabel >/dev/null || apt-get install -y -qq --no-install-recommends gpsbabel >/dev/null
cat > in.gpx <<'GPX'
<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="36.5" lon="-122"><name>Paikea buoy B003 at 12:40</name></wpt><wpt lat="36.6" lon="-122"><name>B003</name></wpt></gpx>
GPX
gpsbabel -i gpx -f in.gpx -o raymarine -F out.rwf
seen=$(grep -a '^Name=' out.rwf | tr -d '\r' | sort | paste -sd';')
echo "$(gpsbabel -V | grep -o '[0-9.]*' | head -1): $seen"
[ "$seen" = 'Name=B003;Name=Paikea buoy B040' ]
