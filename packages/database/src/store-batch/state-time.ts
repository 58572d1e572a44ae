/**
 * The time of a report in a device's last state: its own, but no later than its arrival. Nothing is reported before it
 * happens, and a state from the future would pin the device until that time.
 */
export function stateTime({ at }: { readonly at: Date }, receivedAt: Date): Date {
  return at > receivedAt ? receivedAt : at
}
