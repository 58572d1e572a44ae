/** HTTP in and out: the vendor's webhooks, the people's API, the live feed. */
export {
  AccountError,
  createToken,
  createUser,
  DEFAULT_GROUP_NAME,
  ensureDefaultGroup,
  ensureFirstAdmin,
  hasAccounts,
  resetPassword,
} from './accounts/accounts.ts'
export { PASSWORD_LENGTH } from './auth/password.ts'
export { createApi, type Api, type ApiConfig, type ApiDeps } from './create-api.ts'
export type { RateLimits } from './http/rate-limit.ts'
export type { Listening } from './listen.ts'
export { createDeliveryFeed, type DeliveryFeed } from './live/delivery-feed.ts'
export type { DeviceLinkPages } from './live/device-door.ts'
export { createLiveHub, type LiveEvent, type LiveHub, type LiveHubOptions } from './live/hub.ts'
export { publishStored } from './live/stored-events.ts'
export type { OutboundNotifier, TemporalHealth } from './services.ts'
export type { StartEnvelope } from './webhooks/receiver.ts'
