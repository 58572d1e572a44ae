/** Shown for an unknown value. */
export const UNKNOWN = '–'

/** `0.5 kn` */
export function formatKnots(knots: number | null): string {
  return knots === null ? UNKNOWN : `${knots.toFixed(1)} kn`
}

/** Course over ground, true: `012°`. */
export function formatCourse(degrees: number | null): string {
  return degrees === null ? UNKNOWN : `${String(Math.round(degrees) % 360).padStart(3, '0')}°`
}

/** `4.20 V` */
export function formatVolts(volts: number | null): string {
  return volts === null ? UNKNOWN : `${volts.toFixed(2)} V`
}

/** A reporting interval: `10 min`, `6 h`, `1 h 30 min`. */
export function formatMinutes(minutes: number | null): string {
  if (minutes === null) return UNKNOWN
  const hours = Math.floor(minutes / 60)
  const rest = minutes - hours * 60
  if (hours === 0) return `${String(rest)} min`
  return rest === 0 ? `${String(hours)} h` : `${String(hours)} h ${String(rest)} min`
}

const REASONS: Readonly<Record<string, string>> = {
  normal: 'regular',
  'power-on': 'powered on',
  'woke-or-retried': 'woke up or retried',
  'configuration-changed': 'settings changed',
  'command-refused': 'command refused',
}

/** A report's reason, in words. */
export function formatReason(reason: string | null): string {
  return reason === null ? UNKNOWN : (REASONS[reason] ?? reason)
}
