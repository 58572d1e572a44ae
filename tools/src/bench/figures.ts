/** The median (for an even count, the mean of the two middle values). NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** The `p`-quantile (0..1) by nearest rank. NaN for no values. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)] ?? Number.NaN
}

/** One line of a benchmark's results: what was measured, its medians by name, and the goal, if any. */
export interface Figure {
  readonly name: string
  readonly rounds: number
  /** Medians over the rounds, by unit name (`perSecond`, `p50Ms`, `p99Ms`, …). */
  readonly medians: Readonly<Record<string, number>>
  readonly goal?: string
}

/** Medians of each unit over several rounds of the same measurement. */
export function overRounds(name: string, rounds: readonly Readonly<Record<string, number>>[], goal?: string): Figure {
  const units = Object.keys(rounds[0] ?? {})
  const medians = Object.fromEntries(
    units.map((unit) => [unit, median(rounds.map((round) => round[unit] ?? Number.NaN))]),
  )
  return { name, rounds: rounds.length, medians, ...(goal === undefined ? {} : { goal }) }
}

/** Formats a figure as one line. */
export function formatFigure(figure: Figure): string {
  const values = Object.entries(figure.medians).map(([unit, value]) => `${unit} ${formatNumber(value)}`)
  return `  ${figure.name.padEnd(52)} ${values.join('   ')}${figure.goal === undefined ? '' : `   [goal: ${figure.goal}]`}`
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return Math.abs(value) >= 100 ? String(Math.round(value)) : value.toFixed(2)
}
