import { insertStatement } from './insert-rows.ts'

const columns = ['key', 'kind', 'nothing', 'size']
const values = ['a', 'x', null, 1, 'b', 'x', null, 2]

describe('insertStatement()', () => {
  it('omits columns empty in all rows, and binds values common to all rows once (SQLite)', () => {
    expect(insertStatement('sqlite', { table: 't', columns, values, tail: ' RETURNING id' })).toEqual({
      sql: 'INSERT INTO t (key, kind, size) VALUES (?2,?1,?3),(?4,?1,?5) RETURNING id',
      values: ['x', 'a', 1, 'b', 2],
    })
  })

  it('omits columns empty in all rows (MySQL)', () => {
    expect(insertStatement('mysql', { table: 't', columns, values, tail: '' })).toEqual({
      sql: 'INSERT INTO t (key, kind, size) VALUES (?,?,?),(?,?,?)',
      values: ['a', 'x', 1, 'b', 'x', 2],
    })
  })

  it('keeps a column that is empty in only some rows', () => {
    const some = ['a', 'x', null, 1, 'b', 'y', 'z', 2]
    expect(insertStatement('sqlite', { table: 't', columns, values: some, tail: '' })).toEqual({
      sql: 'INSERT INTO t (key, kind, nothing, size) VALUES (?,?,?,?),(?,?,?,?)',
      values: some,
    })
  })

  it('writes a single row in the order of its columns', () => {
    expect(insertStatement('sqlite', { table: 't', columns, values: values.slice(0, 4), tail: '' })).toEqual({
      sql: 'INSERT INTO t (key, kind, size) VALUES (?,?,?)',
      values: ['a', 'x', 1],
    })
  })

  it('writes different SQL for different shapes of the same size', () => {
    const first = insertStatement('sqlite', { table: 't', columns, values, tail: '' })
    const other = insertStatement('sqlite', {
      table: 't',
      columns,
      values: ['a', 'x', null, 1, 'a', 'y', null, 2],
      tail: '',
    })
    expect(other.sql).not.toBe(first.sql)
    expect(insertStatement('sqlite', { table: 't', columns, values, tail: '' }).sql).toBe(first.sql)
  })
})
