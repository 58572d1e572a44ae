/** Types of the API's requests and responses, for client programs. Types only: nothing here runs. */
import type { ALL_ROUTES } from './resources/all-routes.ts'
import type { ContractsOf } from './route-table/contract.ts'

/** Every route by method and path, with the types of its parameters, query, body and response. */
export type ApiContract = ContractsOf<typeof ALL_ROUTES>

export type { FieldError } from './http/api-error.ts'
export type { Problem } from './http/problem.ts'
export type { DeliveryEventData } from './live/present-delivery.ts'
export type { CommandEventData, PresenceEventData } from './live/read-events.ts'
export type { MessageEventData, ReportEventData } from './live/stored-events.ts'
export type { AlertView } from './resources/alerts/schema.ts'
export type { AuditView } from './resources/audit/schema.ts'
export type { CommandView } from './resources/commands/schema.ts'
export type { DeviceView } from './resources/devices/schema.ts'
export type { EndpointView } from './resources/endpoints/schema.ts'
export type { ReleaseView, RolloutView, UpgradeView } from './resources/firmware/schema.ts'
export type { FleetView } from './resources/fleet/schema.ts'
export type { InboundDetailView, InboundView } from './resources/inbound/schema.ts'
export type { ModemView } from './resources/modems/schema.ts'
export type { OutboundDetailView, OutboundView } from './resources/outbound/schema.ts'
export type { ReportView } from './resources/reports/schema.ts'
export type { RouteView } from './resources/routes/schema.ts'
export type { SessionView } from './resources/session/schema.ts'
export type { AccountView } from './resources/users/schema.ts'
export type { TokenView } from './resources/tokens/schema.ts'
