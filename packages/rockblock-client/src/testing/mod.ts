/**
 * For tests and simulators: the vendor's sending services in memory, and deliveries built as the vendor does.
 *
 * @module
 */
export type { BuiltWebhook, SignedWebhookInput, WebhookInput } from './build-webhook.ts'
export { buildSignedWebhook, buildWebhook } from './build-webhook.ts'
export type { FakeService, FakeServiceOptions, SentCloudloop, SentMt, SentText } from './fake-service-types.ts'
export { createFakeService } from './fake-service.ts'
export type { FaultName, FaultOptions } from './faults.ts'
export { ConnectionFault } from './faults.ts'
export { SAMPLE_FIELDS } from './sample-fields.ts'
export type { TestKeys } from './test-keys.ts'
export { generateTestKeys } from './test-keys.ts'
