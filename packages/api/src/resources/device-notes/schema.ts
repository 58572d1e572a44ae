import { isOneLine } from '@paikea/operations'
import { z } from 'zod'
import { IamSchema, IdSchema, TimeSchema } from '../../http/fields.ts'

export const DeviceParams = z.object({ iam: IamSchema })
export const NoteParams = z.object({ iam: IamSchema, id: IdSchema })

/** A user's note on a device. */
export const NoteSchema = z.object({ id: z.int(), text: z.string(), createdBy: z.string(), createdAt: TimeSchema })

/** Newest first. */
export const NotePage = z.object({ items: z.array(NoteSchema), nextCursor: z.null() })

export const AddNoteSchema = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1)
    .max(2000)
    .refine((text) => text.split(/\r?\n/).every(isOneLine), 'must be text, without control characters'),
})
