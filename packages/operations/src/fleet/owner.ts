import type { ModemRow } from '@paikea/database'

/** The group that owns a modem: that of its device, otherwise the last one; `null`: the system administrators. */
export function ownerOf({ device, groupId }: Pick<ModemRow, 'device' | 'groupId'>): number | null {
  return device?.groupId ?? groupId
}
