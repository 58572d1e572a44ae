/** A device's live link, wherever it ends. */
export interface DeviceLinkState {
  readonly since: Date
  /** Somebody holds the device's controls on a page. */
  readonly isControlled: boolean
}

/** What an upgrade asks of the live links; the process that holds a link may be another one. */
export interface DeviceLinks {
  /** @returns `null` where the device has no link */
  find(iam: string): Promise<DeviceLinkState | null>
  /**
   * Sends `switch_app ["updatepy"]`, waits for the device's answer, then sends `reset`. Never while somebody holds the
   * controls.
   */
  sendIntoUpdater(iam: string): Promise<'sent' | 'offline' | 'no-answer' | 'controls-held'>
}

/** No device has a link. */
export const NO_LINKS: DeviceLinks = {
  find: async () => null,
  sendIntoUpdater: async () => 'offline',
}
