/**
 * The time at which a report stands in a device's last state: its own, at most that of its arrival. Nothing was reported
 * before it happened, and a state from the future would hold the device where it was until that time has come.
 */
export function stateTime({ at }: { readonly at: Date }, receivedAt: Date): Date {
  return at > receivedAt ? receivedAt : at
}
