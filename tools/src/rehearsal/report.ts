import type { Kill } from './kills.ts'
import type { MessageTimes } from './times.ts'
import { longestGapMs, type Stretch } from './vendor.ts'

/** Messages that arrived this shortly before a kill may be in flight when it happens. */
const BEFORE_MS = 2_000
const MEGABYTE = 1_000_000

/** One line per kill: how it affected the vendor and the messages of that time. */
export function reportKills(
  options: { readonly kills: readonly Kill[]; readonly stretch: Stretch; readonly times: readonly MessageTimes[] },
  say: (line: string) => void,
): void {
  say('killed | down s | longest without an answer s | acted on after s, at most | delivered after s, at most')
  for (const { part, atMs, upAtMs } of options.kills) {
    const around = options.times.filter(({ receivedAt }) => receivedAt >= atMs - BEFORE_MS && receivedAt <= upAtMs)
    const longest = (end: (times: MessageTimes) => number | null): string =>
      inSeconds(Math.max(0, ...around.map((times) => (end(times) ?? times.receivedAt) - times.receivedAt)))
    const gap = longestGapMs(options.stretch.answeredAt, atMs, upAtMs)
    say(
      [
        ...[part, inSeconds(upAtMs - atMs), inSeconds(gap)],
        ...[longest(({ actedAt }) => actedAt), longest(({ deliveredAt }) => deliveredAt)],
      ].join(' | '),
    )
  }
  const all = longestGapMs(options.stretch.answeredAt, 0, Infinity)
  say(`time without answers: ${inSeconds(all)} s at most`)
}

/** Reports sizes on disk, and each process's memory at the end. */
export function reportSizes(
  options: {
    readonly memory: ReadonlyMap<string, number>
    readonly messages: number
    readonly mariaDbBytes: number
    readonly temporalBytes: number
    readonly workflows: number
  },
  say: (line: string) => void,
): void {
  const each = [...options.memory].map(([name, bytes]) => `${name} ${Math.round(bytes / MEGABYTE)}`)
  say(`resident MB: ${each.join(', ')}`)
  say(`MariaDB: ${Math.round(options.mariaDbBytes / options.messages)} bytes a message in tables and indexes`)
  say(`PostgreSQL: ${Math.round(options.temporalBytes / MEGABYTE)} MB with ${options.workflows} workflows`)
}

function inSeconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}
