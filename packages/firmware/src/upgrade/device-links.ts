/** A device's live link, wherever it ends. */
export interface DeviceLinkState {
  readonly since: Date
  /** Someone holds the device's controls on a page. */
  readonly isControlled: boolean
}

/** What became of sending a device into its updater. `too-young` = its link has not stood for half a minute. */
export type SendOutcome = 'sent' | 'offline' | 'too-young' | 'controls-held' | 'no-answer'

/** What an upgrade asks of the live links; the process that holds a link may be another one. */
export interface DeviceLinks {
  /** @returns `null` if the device has no link */
  find(iam: string): Promise<DeviceLinkState | null>
  /**
   * Sends `switch_app ["updatepy"]`, waits for the device's answer, then sends `reset`. Never while someone holds the
   * controls.
   */
  sendIntoUpdater(iam: string): Promise<SendOutcome>
}
