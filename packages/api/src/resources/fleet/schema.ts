import type { z } from 'zod'
import { pageOf, TimeSchema } from '../../http/fields.ts'
import { DeviceSchema } from '../devices/schema.ts'

/** The whole fleet, and this service's time: a page whose clock is wrong still shows right ages. */
export const FleetSchema = pageOf(DeviceSchema).extend({ at: TimeSchema })
export type FleetView = z.output<typeof FleetSchema>
