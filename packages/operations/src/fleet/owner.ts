import type { ModemRow } from '@paikea/database'

/** The group a modem is: of the device it sits in, else the one that had it last; `null` = the system administrators'. */
export function ownerOf({ device, groupId }: Pick<ModemRow, 'device' | 'groupId'>): number | null {
  return device?.groupId ?? groupId
}
