import {
  deleteDeviceNote,
  type DeviceNoteRow,
  findDeviceNote,
  insertDeviceNote,
  listDeviceNotes,
} from '@paikea/database'
import { operation } from '../operation.ts'
import { refuseConflict, refuseUnknown } from '../refusal.ts'
import { findDeviceFor } from './find-device.ts'

/** More notes on one device than anyone reads. */
export const MOST_NOTES = 200

/**
 * Adds a note on a device.
 *
 * @param input `author` is a display name; the audit log records the actual user
 * @throws Refusal `not-found`, `forbidden`; `conflict` if there are too many
 */
export const addDeviceNote = operation<
  { readonly iam: string; readonly text: string; readonly author: string },
  DeviceNoteRow
>('device.note-added', async (work, { iam, text, author }) => {
  const { db, tx, now } = work
  const device = await findDeviceFor(work, iam, 'technician')
  const all = await listDeviceNotes(db, { deviceId: device.id, limit: MOST_NOTES }, tx)
  if (all.length >= MOST_NOTES) throw refuseConflict('too-many-notes', 'Remove some of its older notes first.')
  const values = { deviceId: device.id, text, createdBy: author, createdAt: now }
  const id = await insertDeviceNote(db, values, tx)
  const subject = `device/${iam}/note/${String(id)}`
  return { result: { id, ...values }, subject, groupId: device.group.id, before: null, after: { text } }
})

/** Removes a note; the audit log keeps its text. @throws Refusal `not-found`, `forbidden` */
export const removeDeviceNote = operation<{ readonly iam: string; readonly id: number }, void>(
  'device.note-removed',
  async (work, { iam, id }) => {
    const device = await findDeviceFor(work, iam, 'technician')
    const note = await findDeviceNote(work.db, { deviceId: device.id, id }, work.tx)
    if (note === null) throw refuseUnknown('note')
    await deleteDeviceNote(work.db, { id }, work.tx)
    const subject = `device/${iam}/note/${String(id)}`
    const before = { text: note.text, createdBy: note.createdBy }
    return { result: undefined, subject, groupId: device.group.id, before, after: null }
  },
)
