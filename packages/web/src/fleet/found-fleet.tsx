import type { DeviceView } from '@paikea/api/contract'
import { FinderField, FinderRest, useFinder } from '../shell/finder.tsx'
import { FleetTable } from './fleet-table.tsx'

/** The fleet as a table, with a search where it is large. */
export function FoundFleet({ devices, now }: { readonly devices: readonly DeviceView[]; readonly now: number }) {
  const finder = useFinder(devices)
  return (
    <>
      <FinderField finder={finder} />
      <FleetTable devices={finder.shown} total={devices.length} now={now} />
      <FinderRest finder={finder} />
    </>
  )
}
