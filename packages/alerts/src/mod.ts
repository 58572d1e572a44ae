/** Alerts: detected, stored, sent once, and ended. */
export { createMailer, type Mail, type Mailer } from './channels/mailer.ts'
export { createPushSender, newPushKey, type PushSender } from './channels/push.ts'
export type { Channels } from './watch/tell.ts'
export { type AlertWatch, createAlertWatch } from './watch/watch.ts'
