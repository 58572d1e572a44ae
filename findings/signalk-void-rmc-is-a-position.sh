#!/usr/bin/env bash
# Signal K's parser publishes the position of an RMC sentence whose status says that it is void.
#
# @signalk/nmea0183-signalk 3.20.1. Input: a valid RMC with status V (no valid fix) that still carries the last latitude
# and longitude, as receivers send while they coast. Seen: navigation.position, speed and course as from a valid fix,
# with no mark. A void RMC with empty fields does give null. Whoever feeds a plotter from it must read the status first.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null && npm install --silent --ignore-scripts @signalk/nmea0183-signalk@3.20.1 >/dev/null
seen=$(node -e '
const Parser = require("@signalk/nmea0183-signalk")
const sentence = (body) => {
  const sum = [...body].reduce((all, letter) => all ^ letter.charCodeAt(0), 0)
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, "0")}`
}
const positionOf = (body) =>
  new Parser().parse(sentence(body)).updates[0].values.find(({ path }) => path === "navigation.position").value
const fields = "3749.5000,N,12216.6000,W,0.5,12.0,291126,,,"
console.log(JSON.stringify([
  positionOf(`GPRMC,120000.00,A,${fields}A`),
  positionOf(`GPRMC,120000.00,V,${fields}N`),
  positionOf("GPRMC,120000.00,V,,,,,,,291126,,,N"),
]))')
echo "valid, void with coordinates, void without: $seen"
place='{"latitude":37.825,"longitude":-122.27666666666667}'
[ "$seen" = "[$place,$place,null]" ]
