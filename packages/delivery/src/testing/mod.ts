/** For tests and benchmarks: a webhook receiver that fails in every way, and buoys with routes. */
export { type Behaviour, type ReceivedRequest, type Receiver, startReceiver } from './receiver.ts'
export { SELF_SIGNED } from './self-signed.ts'
export { buildRoutedPair, type RoutedPair, spreadDeliveryIds, storeCommands, storePositions } from './sea.ts'
export { buildWebhookRoute } from './webhook-route.ts'
