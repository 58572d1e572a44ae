import { DatabaseUriError, parseDatabaseUri } from './parse-uri.ts'

describe('parseDatabaseUri()', () => {
  it.each([
    ['sqlite:///data/paikea.sqlite', 'data/paikea.sqlite'],
    ['sqlite:////var/lib/paikea/db.sqlite', '/var/lib/paikea/db.sqlite'],
    ['sqlite:///with%20space.db', 'with space.db'],
    ['sqlite:relative.db', 'relative.db'],
    ['sqlite:///file.db?timeout=5', 'file.db'],
    ['sqlite::memory:', null],
    ['sqlite://', null],
    ['sqlite:///:memory:', null],
  ])('reads %s', (uri, file) => {
    expect(parseDatabaseUri(uri)).toEqual({ dialect: 'sqlite', file })
  })

  const mysql = { dialect: 'mysql', host: 'localhost', port: 3306, user: 'paikea', password: null, socketPath: null }
  it.each([
    ['mysql://paikea@localhost/db', { ...mysql, database: 'db' }],
    ['mariadb://paikea@db.example.org:3307/db', { ...mysql, host: 'db.example.org', port: 3307, database: 'db' }],
    [
      'mysql+mysqldb://paikea@/db?unix_socket=/run/mysqld/mysqld.sock',
      { ...mysql, database: 'db', socketPath: '/run/mysqld/mysqld.sock' },
    ],
    [
      'mysql+pymysql://paikea:p%40ss%2Fw@localhost/db?charset=utf8mb4',
      { ...mysql, password: 'p@ss/w', database: 'db' },
    ],
    ['mysql:///db?unix_socket=/run/x.sock', { ...mysql, user: '', database: 'db', socketPath: '/run/x.sock' }],
    ['mysql://paikea@[::1]/db', { ...mysql, host: '::1', database: 'db' }],
  ])('reads %s', (uri, expected) => {
    expect(parseDatabaseUri(uri)).toEqual(expected)
  })

  it.each([
    'postgres://paikea:s3cret@h/db',
    'mysql://paikea:s3cret@h',
    'paikea:s3cret',
    'mysql://paikea:%E0%A4%A@h/db',
    'sqlite://host/s3cret',
    '',
  ])('refuses %s without repeating it', (uri) => {
    expect(() => parseDatabaseUri(uri)).toThrow(DatabaseUriError)
    expect(() => parseDatabaseUri(uri)).not.toThrow(/s3cret/)
  })
})
