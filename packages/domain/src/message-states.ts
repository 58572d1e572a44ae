/**
 * States of a message from a device: `accepted`: stored; `processed`: its deliveries were planned; `quarantined`: kept,
 * with the reason why it cannot be used.
 */
export const MESSAGE_STATES = ['accepted', 'processed', 'quarantined'] as const
export type MessageState = (typeof MESSAGE_STATES)[number]
