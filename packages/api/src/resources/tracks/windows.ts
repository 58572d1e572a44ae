/** A span of time, both ends included; null is open. */
export interface Window {
  readonly from: Date | null
  readonly to: Date | null
}

/**
 * The parts of the asked span that a track covers.
 *
 * @param asked what the caller asked for
 * @param deployments the device's times at sea, the earliest first; with none, all of the asked span counts
 */
export function windowsOf(asked: Window, deployments: readonly Window[]): readonly Window[] {
  if (deployments.length === 0) return [asked]
  return deployments.flatMap((deployment) => {
    const from = laterOf(asked.from, deployment.from)
    const to = earlierOf(asked.to, deployment.to)
    return from !== null && to !== null && from > to ? [] : [{ from, to }]
  })
}

function laterOf(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other
  return one > other ? one : other
}

function earlierOf(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other
  return one < other ? one : other
}
