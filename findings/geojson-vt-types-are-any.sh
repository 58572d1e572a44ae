#!/usr/bin/env bash
# The declarations of @maplibre/geojson-vt 6.3.1 import each other without file endings: under "NodeNext" with
# skipLibCheck, the usual setting, its types silently are `any`, and a wrong call compiles.
#
# typescript 5.9.3. Input: a program that calls getTile() and adds the answer to a number.
# Expected: an error, as with "moduleResolution": "bundler". Seen: NodeNext accepts it, bundler refuses it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null && npm pkg set type=module >/dev/null
npm install --silent --no-audit --no-fund @maplibre/geojson-vt@6.3.1 @types/geojson@7946.0.16 typescript@5.9.3
cat > use.ts <<'TS'
import { GEOJSONVT_CLIP_START, type GeoJSONVTTile } from '@maplibre/geojson-vt'
const tile: GeoJSONVTTile = 7
export const sum: number = tile * 2
export const name = GEOJSONVT_CLIP_START
TS
check() { npx tsc --noEmit --strict --skipLibCheck --target es2022 "$@" use.ts >/dev/null && echo accepted || echo refused; }
seen="NodeNext $(check --module nodenext --moduleResolution nodenext), bundler $(check --module esnext --moduleResolution bundler)"
echo "$seen"
[ "$seen" = 'NodeNext accepted, bundler refused' ]
