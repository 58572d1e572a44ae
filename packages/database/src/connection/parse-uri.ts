/** Where the data lives, parsed from a connection string. */
export type DatabaseLocation =
  | {
      readonly dialect: 'sqlite'
      /** Absolute or relative file; null = a private file that goes with `close()`. */ readonly file: string | null
    }
  | {
      readonly dialect: 'mysql'
      readonly host: string
      readonly port: number
      readonly user: string
      readonly password: string | null
      readonly database: string
      readonly socketPath: string | null
    }

/**
 * The connection string is invalid. The message names the fault and never repeats the string, which may contain a
 * password.
 */
export class DatabaseUriError extends Error {
  readonly code = 'DATABASE_URI'
  override readonly name = 'DatabaseUriError'
}

const MYSQL_SCHEMES = /^(?:mysql|mariadb)(?:\+[a-z0-9]+)?:$/

/**
 * Parses a connection string: SQLAlchemy's forms (`sqlite:///relative`, `sqlite:////absolute`,
 * `mysql+mysqldb://user@/db?unix_socket=…`), as the original accepted them, and plain `mysql://`, `mariadb://`,
 * `sqlite::memory:`.
 *
 * @throws {DatabaseUriError} for any other string
 */
export function parseDatabaseUri(uri: string): DatabaseLocation {
  const text = uri.trim()
  if (text.startsWith('sqlite:')) return { dialect: 'sqlite', file: parseSqliteFile(text) }

  let url: URL
  try {
    // A URL without a host ("user@/db") is rejected for unknown schemes and known ones alike: insert one.
    url = new URL(text.replace(/^([a-z0-9+]+:\/\/(?:[^@/?#]*@)?)(?=\/)/i, '$1localhost'))
  } catch {
    throw new DatabaseUriError(
      'the database address is not a connection string such as mysql://user@host/database or sqlite:///file',
    )
  }
  if (!MYSQL_SCHEMES.test(url.protocol)) {
    throw new DatabaseUriError(
      `the database kind "${url.protocol.slice(0, -1)}" is unknown: use mysql, mariadb or sqlite`,
    )
  }
  const database = decodePart(url.pathname.slice(1))
  if (database === '') throw new DatabaseUriError('the database address names no database: mysql://user@host/DATABASE')
  return {
    dialect: 'mysql',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodePart(url.username),
    password: url.password === '' ? null : decodePart(url.password),
    database,
    socketPath: url.searchParams.get('unix_socket') ?? url.searchParams.get('socketPath'),
  }
}

function parseSqliteFile(text: string): string | null {
  const rest = text.slice('sqlite:'.length)
  if (rest === ':memory:' || rest === '//' || rest === '///' || rest === '///:memory:' || rest === '//:memory:')
    return null
  const file = rest.startsWith('///') ? rest.slice(3) : rest.startsWith('//') ? '' : rest
  const path = decodePart(file.replace(/\?.*$/, ''))
  if (path === '') {
    throw new DatabaseUriError('the SQLite address names no file: sqlite:///relative/file or sqlite:////absolute/file')
  }
  return path
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new DatabaseUriError('the database address has a broken percent-encoding')
  }
}
