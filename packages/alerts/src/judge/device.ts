import type { AlertKind, AlertRules } from '@paikea/domain'
import { readHealth } from '@paikea/schedule'
import { distanceMetres } from './distance.ts'
import { type Finding, sayTime } from './finding.ts'
import { nameOf, type Subject } from './subject.ts'
import { isExplainedBy, type VendorSilence } from './vendor.ts'

/** The voltage must exceed the limit by this much to end a low-battery alert: voltages vary with load and cold. */
const BATTERY_HYSTERESIS_VOLTS = 0.1
/** A buoy must be inside by this share of the radius to count as back. */
const CIRCLE_HYSTERESIS = 0.95

/** A buoy must be this much farther from the coast to end the alert. */
const SHORE_HYSTERESIS_METRES = 300

/** What the rules consider besides the device. */
export interface Circumstances {
  readonly rules: AlertRules
  /** The vendor's present or most recent silence. */
  readonly vendor: VendorSilence | null
  /** Keys of the open alerts. */
  readonly open: ReadonlySet<string>
  readonly now: Date
}

/** Determines the alerts for one device. Pure. */
export function judgeDevice(subject: Subject, circumstances: Circumstances): readonly Finding[] {
  // Handsets lie in drawers and report when someone wants them to: no expectation applies.
  if (subject.device.kind !== 'buoy') return []
  const found = [
    silence(subject, circumstances),
    battery(subject, circumstances),
    frozen(subject, circumstances),
    implausible(subject),
    circle(subject, circumstances),
    ashore(subject, circumstances),
  ]
  return found.filter((one) => one !== null).filter(({ kind }) => !circumstances.rules.off.includes(kind))
}

function finding(
  { device }: Subject,
  kind: AlertKind,
  { summary, advice, since }: Pick<Finding, 'summary' | 'advice' | 'since'>,
): Finding {
  const openKey = keyOf(kind, device.id)
  return { kind, groupId: device.group.id, deviceId: device.id, openKey, summary, advice, since }
}

function keyOf(kind: AlertKind, deviceId: number): string {
  return `${kind}/${String(deviceId)}`
}

function silence(subject: Subject, { vendor, open, now }: Circumstances): Finding | null {
  const { device, knowledge, isAtSea } = subject
  const { health, nextExpected } = readHealth(knowledge, now)
  if (health !== 'silent' || !isAtSea) return null
  const isOpen = open.has(keyOf('device-silent', device.id))
  if (!isOpen && vendor !== null && isExplainedBy(subject, vendor, now)) return null
  const heardAt = knowledge.lastHeardAt ?? knowledge.lastReport?.transmittedAt ?? null
  const due = nextExpected === null ? '' : `; it was due by ${sayTime(nextExpected.to)}, retries included`
  return finding(subject, 'device-silent', {
    summary: `${nameOf(device)} is silent: last heard ${heardAt === null ? 'never' : sayTime(heardAt)}${due}.`,
    advice:
      'Compare its last battery voltage and position. Check the line rental and credits of its modem. A capsized or iced antenna often recovers by itself.',
    since: nextExpected?.to ?? heardAt ?? now,
  })
}

function battery(subject: Subject, { rules, open, now }: Circumstances): Finding | null {
  const { device } = subject
  const volts = device.state?.batteryVolts ?? null
  if (volts === null) return null
  const isOpen = open.has(keyOf('battery-low', device.id))
  const limit = rules.batteryLowVolts + (isOpen ? BATTERY_HYSTERESIS_VOLTS : 0)
  if (volts >= limit) return null
  return finding(subject, 'battery-low', {
    summary: `${nameOf(device)} has a low battery: ${volts.toFixed(2)} V (limit ${rules.batteryLowVolts.toFixed(2)} V).`,
    advice: 'Lengthen its interval to save power, and plan to recover it while it still reports.',
    since: device.state?.lastReportAt ?? now,
  })
}

function frozen(subject: Subject, { rules, now }: Circumstances): Finding | null {
  const since = subject.device.state?.frozenSince ?? null
  if (since === null || !subject.isAtSea || now.getTime() - since.getTime() < rules.frozenMinutes * 60_000) return null
  return finding(subject, 'position-frozen', {
    summary: `${nameOf(subject.device)} repeats its position of ${sayTime(since)}.`,
    advice:
      'It reports, but has no new fix: the position on the map is old. Search from there, allowing for its drift.',
    since,
  })
}

function implausible(subject: Subject): Finding | null {
  const { suspectAt, device } = subject
  if (suspectAt === null) return null
  return finding(subject, 'position-implausible', {
    summary: `${nameOf(device)} reported a position at ${sayTime(suspectAt)} that is too far from the previous one.`,
    advice:
      'The map keeps the last trusted position. Accept the new one if it is right; a second fix near it has the same effect.',
    since: suspectAt,
  })
}

function circle(subject: Subject, { rules, open, now }: Circumstances): Finding | null {
  const { device, isAtSea } = subject
  const { latitude = null, longitude = null, lastFixAt = null } = device.state ?? {}
  const watched = rules.watchCircles.find(({ iam }) => iam === device.iam)
  if (watched === undefined || latitude === null || longitude === null || !isAtSea) return null
  const metres = distanceMetres(watched, { latitudeDegrees: latitude, longitudeDegrees: longitude })
  const isOpen = open.has(keyOf('left-watch-circle', device.id))
  if (metres <= watched.radiusMetres * (isOpen ? CIRCLE_HYSTERESIS : 1)) return null
  const said = metres < 10_000 ? `${metres.toFixed(0)} m` : `${(metres / 1000).toFixed(0)} km`
  return finding(subject, 'left-watch-circle', {
    summary: `${nameOf(device)} left its watch circle: ${said} from the centre (radius ${String(watched.radiusMetres)} m).`,
    advice:
      'Adrift, towed, stolen or entangled with a whale: shorten its interval and compare its speed and course with the current.',
    since: lastFixAt ?? now,
  })
}

function ashore(subject: Subject, { rules, open, now }: Circumstances): Finding | null {
  const { device, shore, isAtSea } = subject
  if (shore === null || !isAtSea) return null
  const isOpen = open.has(keyOf('came-ashore', device.id))
  const limit = rules.shoreMetres + (isOpen ? SHORE_HYSTERESIS_METRES : 0)
  if (!shore.isOnLand && (shore.metres === null || shore.metres > limit)) return null
  const at = device.state?.lastFixAt ?? now
  const where = shore.isOnLand
    ? 'lies on land'
    : `lies ${((shore.metres ?? 0) / 1000).toFixed(1)} km from the coast (limit ${(rules.shoreMetres / 1000).toFixed(1)} km)`
  return finding(subject, 'came-ashore', {
    summary: `${nameOf(device)} is coming ashore: its position of ${sayTime(at)} ${where}.`,
    advice:
      'Check a chart first: the stored coastline is often a kilometre off, sometimes five, and lacks small islands. Then shorten its interval and send someone along the shore downwind of its last positions, or tow it off.',
    since: at,
  })
}
