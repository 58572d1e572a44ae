/** For tests and benchmarks: a program that takes webhooks and fails in every way, and a sea with a buoy that is routed. */
export { type Behaviour, type ReceivedRequest, type Receiver, startReceiver } from './receiver.ts'
export { SELF_SIGNED } from './self-signed.ts'
export { buildRoutedPair, type RoutedPair, spreadDeliveryIds, storeCommands, storePositions } from './sea.ts'
export { buildWebhookRoute } from './webhook-route.ts'
