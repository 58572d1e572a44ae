/** Named queries about the devices' live link: who holds it, what was said on it, its keys. */
export * from './device-links.ts'
export * from './link-sessions.ts'
