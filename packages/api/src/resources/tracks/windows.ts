/** A span of time, both ends inclusive; `null` is open. */
export interface Window {
  readonly from: Date | null
  readonly to: Date | null
}

/**
 * The parts of the requested span that a track covers.
 *
 * @param asked the requested span
 * @param deployments the device's times at sea, earliest first; if there are none, all of the requested span counts
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
