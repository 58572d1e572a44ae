import { type DeviceNoteRow, listDeviceNotes } from '@paikea/database'
import { addDeviceNote, MOST_NOTES, removeDeviceNote } from '@paikea/operations'
import type { Principal } from '../../auth/principal.ts'
import { presentTime } from '../../http/fields.ts'
import { created, noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { needDevice } from '../devices/need-device.ts'
import { AddNoteSchema, DeviceParams, NotePage, NoteParams, NoteSchema } from './schema.ts'

const route = routeFor<Pick<Services, 'db'>>()

/** Notes on a device. */
export const deviceNoteRoutes = [
  route({
    method: 'GET',
    path: '/v1/devices/:iam/notes',
    summary: 'Notes on a device, newest first',
    access: 'viewer',
    limit: 'reads',
    params: DeviceParams,
    answer: NotePage,
    run: async ({ params, scope }, { db }) => {
      const device = await needDevice(db, scope, params.iam)
      const rows = await listDeviceNotes(db, { deviceId: device.id, limit: MOST_NOTES })
      return ok({ items: rows.map(present), nextCursor: null })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/notes',
    summary: 'Write a note on a device',
    access: 'technician',
    limit: 'writes',
    params: DeviceParams,
    body: AddNoteSchema,
    answer: NoteSchema,
    status: 201,
    problems: ['too-many-notes'],
    run: async ({ params, body, principal }, { db }) => {
      const made = await addDeviceNote(
        { db, caller: principal },
        { iam: params.iam, author: nameOf(principal), ...body },
      )
      return created(present(made), `/v1/devices/${params.iam}/notes`)
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/devices/:iam/notes/:id',
    summary: 'Remove a note',
    access: 'technician',
    limit: 'writes',
    params: NoteParams,
    status: 204,
    run: async ({ params, principal }, { db }) => {
      await removeDeviceNote({ db, caller: principal }, params)
      return noContent()
    },
  }),
] as const

function nameOf({ user, actor }: Principal): string {
  return user?.displayName || user?.email || actor
}

function present({ id, text, createdBy, createdAt }: DeviceNoteRow) {
  return { id, text, createdBy, createdAt: presentTime(createdAt) }
}
