#!/usr/bin/env bash
# A GPX track in two pieces comes back from togeojson and togpx with two times in one point, and the other piece's times.
#
# @mapbox/togeojson 0.16.2 and togpx 0.5.4, whose coordTimes are meant for each other; @xmldom/xmldom 0.8.11. Input: a
# valid GPX track of two segments with two points each. Seen: in both segments the first point has both times of the
# first segment, as two <time> elements where GPX allows one, and the second point both of the second. A track of one
# segment is right. A drifter's track with a gap loses its times this way.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts @mapbox/togeojson@0.16.2 togpx@0.5.4 @xmldom/xmldom@0.8.11 >/dev/null
seen=$(node -e '
const { gpx: toGeoJson } = require("@mapbox/togeojson")
const toGpx = require("togpx")
const { DOMParser } = require("@xmldom/xmldom")
const point = (longitude, minute) => `<trkpt lat="37" lon="${longitude}"><time>2026-11-29T10:${minute}:00Z</time></trkpt>`
const track = (...pieces) =>
  `<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="x"><trk>${pieces.map((points) => `<trkseg>${points.join("")}</trkseg>`).join("")}</trk></gpx>`
const minutes = (text) =>
  [...toGpx(toGeoJson(new DOMParser().parseFromString(text, "text/xml"))).matchAll(/<trkpt.*?<\/trkpt>/g)].map(([one]) =>
    [...one.matchAll(/T10:(\d\d)/g)].map(([, minute]) => minute).join("+"))
const [a, b, c, d] = [point(-122, "00"), point(-122.1, "10"), point(-122.3, "40"), point(-122.4, "50")]
console.log(minutes(track([a, b])).join(" "), "|", minutes(track([a, b], [c, d])).join(" "))')
echo "minutes of each point, one piece | two pieces: $seen"
[ "$seen" = '00 10 | 00+10 40+50 00+10 40+50' ]
