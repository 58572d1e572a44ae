#!/usr/bin/env bash
# GDAL reads the speed of a GPX track point from flat extension elements, but makes the number 0 of Garmin's
# TrackPointExtension, the form that most writers use.
#
# GDAL 3.6.2 (Debian 12, ogrinfo). Input: one valid GPX 1.1 point with speed 0.51 in gpxtpx:TrackPointExtension, and one
# with it as a flat element of a namespace of its own.
# Seen: the flat one is a field with 0.51; the nested one a field with the number 0.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v ogrinfo >/dev/null || apt-get install -y -qq --no-install-recommends gdal-bin >/dev/null
make() {
  printf '<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2" xmlns:p="urn:x:p"><trk><trkseg><trkpt lat="-17.2" lon="179.9"><time>2026-11-28T02:00:00Z</time><extensions>%s</extensions></trkpt></trkseg></trk></gpx>' "$1" > in.gpx
  ogrinfo -ro -al in.gpx track_points | grep -iE '^ +(p_speed|gpxtpx_\w+) ' | sed -E 's/^ +//'
}
flat=$(make '<p:speed>0.51</p:speed>')
nested=$(make '<gpxtpx:TrackPointExtension><gpxtpx:speed>0.51</gpxtpx:speed></gpxtpx:TrackPointExtension>')
echo "$(ogrinfo --version)"
echo "flat: $flat"
echo "nested: $nested"
[ "$flat" = 'p_speed (Real) = 0.51' ] && [ "$nested" = 'gpxtpx_TrackPointExtension (Real) = 0' ]
