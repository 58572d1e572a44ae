#!/usr/bin/env bash
# gpxpy 1.6.2 puts the centre of a track across the date line on the Greenwich meridian, though its length is right.
#
# Input: a track of two points at 179.9° E and 179.9° W, 22 km apart. Seen: length 22,264 m, centre at longitude 0.0.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install gpxpy==1.6.2
seen=$(py/bin/python - <<'PY'
import gpxpy.gpx as gpx
segment = gpx.GPXTrackSegment([gpx.GPXTrackPoint(0, 179.9), gpx.GPXTrackPoint(0, -179.9)])
track = gpx.GPXTrack()
track.segments.append(segment)
print(round(track.length_2d()), track.get_center().longitude)
PY
)
echo "gpxpy 1.6.2: $seen"
[ "$seen" = '22264 0.0' ]
