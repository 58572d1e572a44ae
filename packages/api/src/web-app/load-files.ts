import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** A file of the web app, ready to be sent. */
export interface WebFile {
  readonly body: Buffer
  /** `null` if compression gains nothing. */
  readonly gzipped: Buffer | null
  readonly contentType: string
  readonly etag: string
  /** Its name contains a hash of its content, so it never changes. */
  readonly isImmutable: boolean
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.pmtiles': 'application/octet-stream',
}
const PACKED = /\.(?:html|js|css|svg|json|webmanifest|txt)$/
/** Vite puts hashed files here. */
const IMMUTABLE_FOLDER = '/assets/'

/**
 * Reads the built web app into memory, by URL path. Only files in this map are ever served, so no request can name a
 * file outside it.
 *
 * @returns an empty map if the folder does not exist: the app is not built
 */
export function loadWebFiles(directory: string): ReadonlyMap<string, WebFile> {
  const files = new Map<string, WebFile>()
  const walk = (folder: string, path: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const file = join(folder, entry.name)
      if (entry.isDirectory()) walk(file, `${path}${entry.name}/`)
      const contentType = CONTENT_TYPES[extname(entry.name)]
      if (entry.isFile() && contentType !== undefined) {
        files.set(path + entry.name, loadFile(readFileSync(file), path + entry.name, contentType))
      }
    }
  }
  try {
    walk(directory, '/')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return files
}

function loadFile(body: Buffer, path: string, contentType: string): WebFile {
  const gzipped = PACKED.test(path) && body.length > 1024 ? gzipSync(body) : null
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  return { body, gzipped, contentType, etag, isImmutable: path.startsWith(IMMUTABLE_FOLDER) }
}
