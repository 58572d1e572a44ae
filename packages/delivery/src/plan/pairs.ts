import type { DeviceKind } from '@paikea/domain'
import type { DeviceCommand } from '@paikea/packets'

import type { Target } from '../targets/target.ts'
import type { Subject } from './subject.ts'

/** Packet types that a route can name. Messages of the vendor's trackers have none and match `any`. */
export const ROUTED_TYPES = ['PK001', 'PK004', 'PK005', 'PK006', 'PK007', 'PK101', 'any'] as const
export type RoutedType = (typeof ROUTED_TYPES)[number]

/** The part of a route that decides which messages match. */
export interface Pair {
  readonly sourceKind: string
  readonly messageType: string
  readonly target: Target
  readonly endpoint: {
    readonly config: unknown
    readonly format: string | null
    readonly deviceId: number | null
    readonly deviceKind: string | null
  }
}

const COMMANDS: ReadonlyMap<string, DeviceCommand> = new Map([
  ['PK005', { command: 'beacon', on: true }],
  ['PK006', { command: 'interval', minutes: 60 }],
  ['PK007', { command: 'sleep', seconds: 3600 }],
])
/** Buoys send no commands. */
const COMMANDERS: ReadonlySet<string> = new Set<DeviceKind | 'any'>(['handset', 'rockstar', 'any'])

const POSITION: Subject = {
  kind: 'position',
  latitudeDegrees: 1,
  longitudeDegrees: 1,
  fixAt: new Date(0),
  sogKnots: 0,
  cogDegrees: 0,
  status: '00',
}

/** Whether its target can take anything that the route accepts. */
export function hasFormat(pair: Pair): boolean {
  return pair.target.wants === 'all' || carriesPositions(pair) || carriesCommands(pair)
}

/** Whether positions travel along this route. */
export function carriesPositions({ messageType, target, endpoint }: Pair): boolean {
  return !COMMANDS.has(messageType) && canSay(target, endpoint, messageType, POSITION)
}

function carriesCommands({ sourceKind, messageType, target, endpoint }: Pair): boolean {
  // Handsets show positions and take no commands.
  if (endpoint.deviceKind === 'handset') return false
  const one = COMMANDS.get(messageType)
  if (one !== undefined) return canSay(target, endpoint, messageType, { kind: 'command', command: one })
  if (messageType !== 'any' || !COMMANDERS.has(sourceKind)) return false
  return [...COMMANDS].some(([type, command]) => canSay(target, endpoint, type, { kind: 'command', command }))
}

function canSay(target: Target, endpoint: Pair['endpoint'], messageType: string, subject: Subject): boolean {
  const type = messageType === 'any' ? 'PK001' : messageType
  return target.format({ messageType: type, subject, whole: null }, { ...endpoint, generation: null }).ok
}

/** The part of a route that matters for loops. */
export interface LoopRoute extends Pair {
  readonly id: number
  readonly sourceDeviceId: number | null
}

/**
 * Whether this route would create a loop of positions, in which its target, or a device that receives positions from
 * there, sends them back to its source; every round would be paid for. Only routes that name a device count: all
 * handsets may see each other.
 *
 * @param others the group's routes in force
 */
export function closesLoop(route: LoopRoute, others: readonly LoopRoute[]): boolean {
  const { sourceDeviceId } = route
  if (sourceDeviceId === null || !carriesPositions(route)) return false
  const ways = others.filter((other) => other.id !== route.id && carriesPositions(other))
  const reached = new Set<number>()
  const open = [route.endpoint.deviceId]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === sourceDeviceId) return true
    if (at === null || reached.has(at)) continue
    reached.add(at)
    open.push(...ways.filter((way) => way.sourceDeviceId === at).map(({ endpoint }) => endpoint.deviceId))
  }
  return false
}
