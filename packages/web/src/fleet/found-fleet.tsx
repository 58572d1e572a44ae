import type { DeviceView } from '@paikea/api/contract'
import { FinderField, FinderRest, useFinder } from '../shell/finder.tsx'
import type { AlertsOf } from '../shell/open-alerts.ts'
import { FleetTable } from './fleet-table.tsx'

/** The fleet as a table, with a search if it is large. */
export function FoundFleet(props: {
  readonly devices: readonly DeviceView[]
  readonly now: number
  readonly alertsOf?: AlertsOf
}) {
  const { devices, now, alertsOf } = props
  const finder = useFinder(devices)
  return (
    <>
      <FinderField finder={finder} />
      <FleetTable devices={finder.shown} total={devices.length} now={now} alertsOf={alertsOf} />
      <FinderRest finder={finder} />
    </>
  )
}
