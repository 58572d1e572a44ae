import type { Random } from './random.ts'

/** One disruption against a part. */
export interface Disruption {
  /** Counted from the previous disruption. */
  readonly afterMs: number
  readonly part: string
  /**
   * `kill` is -9, `pause` suspends the process and resumes it, `restart` ends it in order, `clock` sets its clock
   * wrong.
   */
  readonly kind: 'kill' | 'pause' | 'restart' | 'clock'
  /** How long it stays down or suspended. */
  readonly forMs: number
  /** For `clock`: by how much; negative is back. */
  readonly shiftSeconds: number
}

/** A part, and how often it is hit relative to others. */
export interface Aim {
  readonly part: string
  readonly weight: number
  /** Whether its clock can be changed. */
  readonly hasClock: boolean
}

/** The disruptions of one run, determined by its seed alone. */
export function planBlows(
  random: Random,
  options: { aims: readonly Aim[]; kills: number; clocks: number; gapMs: number },
): Disruption[] {
  const kinds: Disruption['kind'][] = [
    ...Array.from({ length: options.kills }, () => 'kill' as const),
    ...Array.from({ length: Math.ceil(options.kills / 4) }, () => 'pause' as const),
    ...Array.from({ length: Math.ceil(options.kills / 8) }, () => 'restart' as const),
    ...Array.from({ length: options.clocks }, () => 'clock' as const),
  ]
  const raffle = (aims: readonly Aim[]): string[] =>
    aims.flatMap(({ part, weight }) => Array.from({ length: weight }, () => part))
  const all = raffle(options.aims)
  const withClock = raffle(options.aims.filter(({ hasClock }) => hasClock))
  return shuffled(kinds, random).map((kind) => ({
    // Often close together, so that two parts are down at once.
    afterMs: Math.round(options.gapMs * (random.happens(0.3) ? 0.1 : 0.2 + 2.4 * random.next())),
    part: random.pick(kind === 'clock' ? withClock : all),
    kind,
    forMs: howLong(kind, random, options.gapMs),
    shiftSeconds: kind === 'clock' ? random.pick([-1, 1]) * random.pick([20, 900, 7_200]) : 0,
  }))
}

/** Usually a moment; occasionally longer than any fence and any start's time-out. */
function howLong(kind: Disruption['kind'], random: Random, gapMs: number): number {
  if (kind === 'clock') return random.int(gapMs, gapMs * 3)
  if (kind === 'pause' && random.happens(0.2)) return random.int(gapMs, gapMs * 8)
  return random.int(0, Math.round(gapMs * 0.7))
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item)
}
