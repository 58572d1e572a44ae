#!/usr/bin/env bash
# The land of world-atlas 2.0.2 holds rings that jump from +180 to -180 degrees in the middle, although Natural Earth cuts
# its own files there: tiled or filled as they are, they are stripes round the globe.
#
# topojson-client 3.1.0. Input: land-10m.json as published. Seen: six rings with a jump of more than 180 degrees of
# longitude between two neighbouring points (Eurasia, Wrangel Island, three of Fiji, Antarctica).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null && npm install --silent --no-audit --no-fund world-atlas@2.0.2 topojson-client@3.1.0
seen=$(node -e '
const { feature } = require("topojson-client")
const atlas = require("world-atlas/land-10m.json")
const rings = feature(atlas, atlas.objects.land).features.flatMap(({ geometry }) => geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat())
console.log(rings.filter((ring) => ring.some(([x], index) => index > 0 && Math.abs(x - ring[index - 1][0]) > 180)).length)')
echo "rings that jump: $seen"
[ "$seen" = 6 ]
