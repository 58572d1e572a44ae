import { homedir } from 'node:os'
import { join } from 'node:path'

/** The user's cache folder for Paikea's downloads: `PAIKEA_CACHE`, otherwise the system's cache location. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['PAIKEA_CACHE']
  if (own !== undefined && own !== '') return own
  const xdg = env['XDG_CACHE_HOME']
  if (xdg !== undefined && xdg !== '') return join(xdg, 'paikea')
  return process.platform === 'darwin'
    ? join(homedir(), 'Library', 'Caches', 'paikea')
    : join(homedir(), '.cache', 'paikea')
}
