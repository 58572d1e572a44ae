#!/usr/bin/env bash
# The state of GPS.js loses the position when the fix is lost, and keeps speed and course.
#
# gps 0.9.0 (npm). Input: a valid RMC with 0.5 kn and 12°, then a void RMC with empty fields. Seen: state.lat and
# state.lon are null, state.time moves on, and state.speed and state.track are still those of the last fix. A screen that
# shows the state says "no position, 0.9 km/h".
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null && npm install --silent --ignore-scripts gps@0.9.0 >/dev/null
seen=$(node -e '
const { GPS } = require("gps")
const sentence = (body) => {
  const sum = [...body].reduce((all, letter) => all ^ letter.charCodeAt(0), 0)
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, "0")}`
}
const gps = new GPS()
gps.update(sentence("GPRMC,120000.00,A,3749.5000,N,12216.6000,W,0.5,12.0,291126,,,A"))
gps.update(sentence("GPRMC,121000.00,V,,,,,,,291126,,,N"))
const { lat, lon, speed, track, time } = gps.state
console.log(JSON.stringify({ lat, lon, speed, track, time }))')
echo "after the fix was lost: $seen"
[ "$seen" = '{"lat":null,"lon":null,"speed":0.926,"track":12,"time":"2026-11-29T12:10:00.000Z"}' ]
