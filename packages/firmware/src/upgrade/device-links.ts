/** A device's live link, in whichever process. */
export interface DeviceLinkState {
  readonly since: Date
  /** Someone holds the device's controls on a page. */
  readonly isControlled: boolean
}

/** The outcome of sending a device into its updater. `too-young`: its link has been up for less than half a minute. */
export type SendOutcome = 'sent' | 'offline' | 'too-young' | 'controls-held' | 'no-answer'

/** What an upgrade needs from the live links; another process may hold the link. */
export interface DeviceLinks {
  /** @returns `null` if the device has no link */
  find(iam: string): Promise<DeviceLinkState | null>
  /**
   * Sends `switch_app ["updatepy"]`, waits for the device's reply, then sends `reset`. Never while someone holds the
   * controls.
   */
  sendIntoUpdater(iam: string): Promise<SendOutcome>
}
