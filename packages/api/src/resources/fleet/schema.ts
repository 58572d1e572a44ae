import type { z } from 'zod'
import { pageOf, TimeSchema } from '../../http/fields.ts'
import { DeviceSchema } from '../devices/schema.ts'

/** The whole fleet, with the server's time, so that a page with a wrong clock still shows correct ages. */
export const FleetSchema = pageOf(DeviceSchema).extend({ at: TimeSchema })
export type FleetView = z.output<typeof FleetSchema>
