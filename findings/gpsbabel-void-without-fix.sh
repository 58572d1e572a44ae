#!/usr/bin/env bash
# NMEA that gpsbabel makes of a GPX track is void in every sentence unless each point says <fix>, an optional element
# that few writers give.
#
# gpsbabel 1.8.0 (Debian 12). Input: the same valid GPX 1.1 track point with time, without and with <fix>3d</fix>.
# Seen: without it RMC status V and GGA quality 0, which chart plotters ignore; with it A and 1.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v gpsbabel >/dev/null || apt-get install -y -qq --no-install-recommends gpsbabel >/dev/null
make() {
  printf '<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg><trkpt lat="-17.2" lon="179.9"><time>2026-11-28T02:00:00Z</time>%s</trkpt></trkseg></trk></gpx>' "$1" > in.gpx
  gpsbabel -i gpx -f in.gpx -o nmea -F out.nmea
  awk -F, '/RMC/ {printf "%s", $3} /GGA/ {printf "%s", $7}' out.nmea
}
seen="without $(make ''), with $(make '<fix>3d</fix>')"
echo "gpsbabel $(gpsbabel -V | grep -o '[0-9.]*' | head -1), RMC status and GGA quality: $seen"
[ "$seen" = 'without V0, with A1' ]
