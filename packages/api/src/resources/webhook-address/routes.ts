import { noteAddressShown } from '@paikea/operations'
import { z } from 'zod'
import { notFound } from '../../http/api-error.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { ofSession } from '../account/own-account.ts'

const route = routeFor<Pick<Services, 'db' | 'publicUrl' | 'webhookSecret'>>()

const AddressSchema = z.object({
  /** Where people reach the service and its path; `null` where nobody has said where that is. */
  url: z.string().nullable(),
  path: z.string(),
})

/** The address for the vendor's portal, which lets deliveries in by the secret in it. */
export const webhookAddressRoutes = [
  route({
    method: 'POST',
    path: '/v1/webhook-address',
    summary: 'Show the address for the vendor’s portal, with its secret; that it was shown is written down',
    access: 'system-admin',
    limit: 'writes',
    answer: AddressSchema,
    problems: ['no-account'],
    run: async ({ principal }, { db, publicUrl, webhookSecret }) => {
      if (webhookSecret === null) throw notFound('webhook secret')
      // Programs have no business with it.
      await noteAddressShown({ db, caller: ofSession(principal) }, {})
      const path = `/rockblock/incoming/${encodeURIComponent(webhookSecret)}`
      return ok({ url: publicUrl === null ? null : `${publicUrl}${path}`, path })
    },
  }),
] as const
