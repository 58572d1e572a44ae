/** Named queries about the devices' live links: holder, recordings, keys. */
export * from './device-links.ts'
export * from './link-sessions.ts'
