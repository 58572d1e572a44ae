import type { OriginalQueue, OriginalRoute } from '@paikea/database'
import { claimModem, createRoute, Refusal, type RouteTarget, systemCaller } from '@paikea/operations'
import type { Fleet } from './import-devices.ts'
import { leaveOut } from './import-report.ts'
import type { ImportContext } from './import-messages.ts'

const MESSAGE_TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ['pk001', ['PK001']],
  ['pk004', ['PK004']],
  ['command', ['PK005', 'PK006']],
])

/** Recreates the routes: the original's name modems, ours a device and an address. */
export async function importRoutes(
  context: ImportContext,
  fleet: Fleet,
  { areDisabled }: { readonly areDisabled: boolean },
): Promise<void> {
  const { original } = context
  const queues = new Map((await original.queues()).map((queue) => [queue.id, queue]))
  for (const route of await original.routes()) await importRoute(context, route, { fleet, queues, areDisabled })
}

interface Known {
  readonly fleet: Fleet
  readonly queues: ReadonlyMap<number, OriginalQueue>
  readonly areDisabled: boolean
}

async function importRoute(context: ImportContext, route: OriginalRoute, known: Known): Promise<void> {
  const { db, report } = context
  const { id, sourceType, targetType, isDeleted } = route
  const name = `route ${id} (${sourceType} to ${targetType}, ${route.messageType})`
  if (isDeleted) return leaveOut(report, name, 'deleted in the original')
  const messageTypes = MESSAGE_TYPES.get(route.messageType.toLowerCase())
  if (messageTypes === undefined)
    return leaveOut(report, name, `there is no message type ${JSON.stringify(route.messageType)}`)
  const iam = sourceOf(route, known.fleet)
  if (iam === null) return leaveOut(report, name, `its source, modem ${route.sourceId}, is in no device`)
  const target = targetOf(route, known)
  if (typeof target === 'string') return leaveOut(report, name, target)
  const operations = { db, caller: systemCaller('import') }
  const enabled = route.isEnabled && !known.areDisabled
  for (const messageType of messageTypes) {
    try {
      if (target.kind === 'modem') await claimModem(operations, { imei: String(target['imei']) })
      await createRoute(operations, { source: { kind: 'any', iam }, messageType, target, enabled })
      report.routes.made += 1
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.code === 'route-exists') report.routes.present += 1
      else leaveOut(report, name, error.message)
    }
  }
}

function sourceOf({ sourceType, sourceId }: OriginalRoute, { modems, trackers, iamOfImei }: Fleet): string | null {
  const address = (sourceType === 'rockstar' ? trackers : modems).get(sourceId)
  return address === undefined ? null : (iamOfImei.get(address.imei) ?? null)
}

/** The target, or why there is none. */
function targetOf({ targetType, targetId }: OriginalRoute, { fleet, queues }: Known): RouteTarget | string {
  switch (targetType) {
    case 'buoy':
    case 'handset': {
      const modem = fleet.modems.get(targetId)
      return modem === undefined ? `its target, modem ${targetId}, does not exist` : { kind: 'modem', imei: modem.imei }
    }
    case 'rockstar': {
      const serial = fleet.trackers.get(targetId)?.serial
      return serial == null ? `its target, tracker ${targetId}, does not exist` : { kind: 'rockstar', serial }
    }
    case 'sqs': {
      const queue = queues.get(targetId)
      return queue === undefined || queue.isDeleted
        ? `its target, queue ${targetId}, does not exist`
        : { kind: 'sqs', queueUrl: queue.url }
    }
    default:
      return `there is no kind of target ${JSON.stringify(targetType)}`
  }
}
