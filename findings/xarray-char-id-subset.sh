#!/usr/bin/env bash
# A trajectory id written as characters is bytes to xarray unless the variable says `_Encoding`, and clouddrift's subset
# by that id is then empty instead of an error.
#
# xarray 2026.9.0, clouddrift 0.48.1. Input: a valid ragged array of two buoys, once with and once without
# `_Encoding = "utf-8"` on `id`, otherwise the same.
# Seen: with it the subset {"id": "B003"} has one row; without it no row, a warning at most. A scientist reads "no data".
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install xarray==2026.9.0 clouddrift==0.48.1
seen=$(py/bin/python -W ignore - <<'PY'
import netCDF4, numpy as np, xarray as xr
from clouddrift import ragged
out = []
for encoding in ('utf-8', None):
    name = f'{encoding}.nc'
    d = netCDF4.Dataset(name, 'w', format='NETCDF3_64BIT_OFFSET')
    for dim, size in (('rows', 2), ('obs', 5), ('id_strlen', 4)):
        d.createDimension(dim, size)
    ids = d.createVariable('id', 'S1', ('rows', 'id_strlen'))
    if encoding:
        ids._Encoding = encoding
    ids.set_auto_chartostring(False)
    ids[:] = netCDF4.stringtochar(np.array(['B003', 'B004'], 'S4'))
    d.createVariable('rowsize', 'i4', ('rows',))[:] = [2, 3]
    d['rowsize'].sample_dimension = 'obs'
    d.createVariable('lat', 'f8', ('obs',))[:] = [1, 2, 3, 4, 5]
    d.close()
    try:
        sizes = ragged.subset(xr.open_dataset(name), {'id': 'B003'}).sizes
        out.append(f"{sizes.get('rows', 0)} rows {sizes.get('obs', 0)} obs")
    except Exception as error:
        out.append(type(error).__name__)
print('; '.join(out))
PY
)
echo "with _Encoding; without: $seen"
case "$seen" in "1 rows 2 obs; 0 rows 0 obs") ;; *) exit 1 ;; esac
