#!/usr/bin/env bash
# netcdfjs 4.0.0 hands out a byte variable as arrays of one number and shows the padding behind it as one more value.
#
# Input: a valid classic file that the netCDF library itself writes (netCDF4 1.7.2) with byte, int and double variables of
# three values each.
# Expected: three plain numbers for each. Seen: int and double are right; byte gives four arrays of one number, the last
# made of the bytes that pad the variable to a multiple of four. Flags compare unequal to every number, and there is one
# flag more than there are fixes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install netCDF4==1.7.2 numpy==2.2.6
py/bin/python - <<'PY'
import netCDF4
full = netCDF4.Dataset('full.nc', 'w', format='NETCDF3_64BIT_OFFSET')
full.createDimension('obs', 3)
for name, kind in (('flag', 'i1'), ('count', 'i4'), ('time', 'f8')):
    full.createVariable(name, kind, ('obs',))[:] = [1, 2, 9]
full.close()
PY
npm init -y >/dev/null && npm pkg set type=module >/dev/null && npm install --silent --no-audit --no-fund netcdfjs@4.0.0
cat > look.js <<'JS'
import { readFileSync } from 'node:fs'
import { NetCDFReader } from 'netcdfjs'
const full = new NetCDFReader(readFileSync('full.nc'))
const seen = ['flag', 'count', 'time'].map((name) => JSON.stringify(full.getDataVariable(name))).join(' ')
console.log(seen)
JS
seen=$(node look.js)
echo "netcdfjs 4.0.0: $seen"
case "$seen" in '[[1],[2],[9],['*']] [1,2,9] [1,2,9]') ;; *) exit 1 ;; esac
