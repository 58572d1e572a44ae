import { noteAddressShown } from '@paikea/operations'
import { z } from 'zod'
import { notFound } from '../../http/api-error.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { ofSession } from '../account/own-account.ts'

const route = routeFor<Pick<Services, 'db' | 'publicUrl' | 'webhookSecret'>>()

const AddressSchema = z.object({
  /** The service's public address with the webhook's path; `null` if no public address is configured. */
  url: z.string().nullable(),
  path: z.string(),
})

/** The address to enter in the vendor's portal; it contains the secret that admits deliveries. */
export const webhookAddressRoutes = [
  route({
    method: 'POST',
    path: '/v1/webhook-address',
    summary: 'Show the address for the vendor’s portal, with its secret; showing it is audited',
    access: 'system-admin',
    limit: 'writes',
    answer: AddressSchema,
    problems: ['no-account'],
    run: async ({ principal }, { db, publicUrl, webhookSecret }) => {
      if (webhookSecret === null) throw notFound('webhook secret')
      // Programs have no need to know it.
      await noteAddressShown({ db, caller: ofSession(principal) }, {})
      const path = `/rockblock/incoming/${encodeURIComponent(webhookSecret)}`
      return ok({ url: publicUrl === null ? null : `${publicUrl}${path}`, path })
    },
  }),
] as const
