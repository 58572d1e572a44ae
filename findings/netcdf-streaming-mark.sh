#!/usr/bin/env bash
# The classic NetCDF format has a mark for "number of records not known yet" (streaming); no reader reads it right
# and one invents 4 billion records, so an export cannot be streamed with it.
#
# netCDF4 1.7.2, scipy 1.15.3, netcdfjs 4.0.0. Input: a valid file of three records whose record count is then set to the
# mark the format defines (all bits set). Seen: netCDF-C reports 4,294,967,295 records, scipy and netcdfjs refuse.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install netCDF4==1.7.2 scipy==1.15.3 numpy==2.2.6
npm init -y >/dev/null && npm pkg set type=module >/dev/null && npm install --silent --no-audit --no-fund netcdfjs@4.0.0
py/bin/python - <<'PY'
import netCDF4
d = netCDF4.Dataset('s.nc', 'w', format='NETCDF3_64BIT_OFFSET')
d.createDimension('obs', None)
d.createVariable('time', 'f8', ('obs',))[:] = [1, 2, 3]
d.close()
b = bytearray(open('s.nc', 'rb').read())
b[4:8] = b'\xff' * 4
open('s.nc', 'wb').write(b)
PY
c=$(py/bin/python -c 'import netCDF4; print(len(netCDF4.Dataset("s.nc").dimensions["obs"]))' 2>/dev/null || echo refused)
s=$(py/bin/python -c 'from scipy.io import netcdf_file; print(netcdf_file("s.nc", mmap=False).variables["time"].data.size)' 2>/dev/null || echo refused)
cat > look.js <<'JS'
import { readFileSync } from 'node:fs'
import { NetCDFReader } from 'netcdfjs'
try {
  console.log(new NetCDFReader(readFileSync('s.nc')).getDataVariable('time').length)
} catch {
  console.log('refused')
}
JS
j=$(node look.js)
echo "netCDF-C $c, scipy $s, netcdfjs $j"
[ "$c $s $j" = '4294967295 refused refused' ]
