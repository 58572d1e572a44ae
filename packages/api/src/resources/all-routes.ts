import { airtimeRoutes } from './airtime/routes.ts'
import { accountRoutes } from './account/routes.ts'
import { pushRoutes } from './alerts/push-routes.ts'
import { alertRoutes } from './alerts/routes.ts'
import { commandRoutes } from './commands/routes.ts'
import { deploymentRoutes } from './deployments/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import { deviceNoteRoutes } from './device-notes/routes.ts'
import { deviceRoutes } from './devices/routes.ts'
import { endpointRoutes } from './endpoints/routes.ts'
import { errorRoutes } from './errors/routes.ts'
import { eventRoutes } from './events/routes.ts'
import { releaseRoutes } from './firmware/release-routes.ts'
import { rolloutRoutes } from './firmware/rollout-routes.ts'
import { upgradeRoutes } from './firmware/upgrade-routes.ts'
import { fleetRoutes } from './fleet/routes.ts'
import { inboundRoutes } from './inbound/routes.ts'
import { liveLinkRoutes } from './live-link/routes.ts'
import { modemRoutes } from './modems/routes.ts'
import { outboundRoutes } from './outbound/routes.ts'
import { reportRoutes } from './reports/routes.ts'
import { routeRoutes } from './routes/routes.ts'
import { healthRoutes } from './service/health-routes.ts'
import { metricsRoutes } from './service/metrics-routes.ts'
import { openapiRoutes } from './service/openapi-routes.ts'
import { refusalRoutes } from './service/refusal-routes.ts'
import { providerRoutes } from './session/provider-routes.ts'
import { sessionRoutes } from './session/routes.ts'
import { shareLinkRoutes } from './share-links/routes.ts'
import { tokenRoutes } from './tokens/routes.ts'
import { recoveryRoutes } from './recovery/routes.ts'
import { vendorAccountRoutes } from './vendor-accounts/routes.ts'
import { webhookAddressRoutes } from './webhook-address/routes.ts'
import { trackRoutes } from './tracks/routes.ts'
import { userRoutes } from './users/routes.ts'

/** All routes except the vendor's deliveries. */
export const ALL_ROUTES = [
  ...sessionRoutes,
  ...accountRoutes,
  ...providerRoutes,
  ...fleetRoutes,
  ...deviceRoutes,
  ...reportRoutes,
  ...commandRoutes,
  ...recoveryRoutes,
  ...deploymentRoutes,
  ...deviceNoteRoutes,
  ...trackRoutes,
  ...liveLinkRoutes,
  ...releaseRoutes,
  ...upgradeRoutes,
  ...rolloutRoutes,
  ...modemRoutes,
  ...inboundRoutes,
  ...outboundRoutes,
  ...vendorAccountRoutes,
  ...webhookAddressRoutes,
  ...errorRoutes,
  ...endpointRoutes,
  ...airtimeRoutes,
  ...routeRoutes,
  ...userRoutes,
  ...tokenRoutes,
  ...alertRoutes,
  ...pushRoutes,
  ...shareLinkRoutes,
  ...auditRoutes,
  ...eventRoutes,
  ...refusalRoutes,
  ...healthRoutes,
  ...metricsRoutes,
  ...openapiRoutes,
] as const
