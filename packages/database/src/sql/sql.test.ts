import { Sequelize } from 'sequelize'

import { ColumnError, expression, maybe } from './column.ts'
import {
  assumed,
  bigId,
  clippedText,
  double,
  flag,
  integer,
  json,
  named,
  now,
  orNull,
  text,
  time,
  withDefault,
  word,
} from './kinds.ts'
import { defineModel } from './model.ts'
import { parseTime, WRONG } from './parse.ts'
import { selection, whenThere } from './selection.ts'
import { propertiesOf, table } from './table.ts'
import { rowWriter } from './writer.ts'

const readList = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

const BUOYS = table('buoys', {
  id: bigId,
  name: text(8),
  note: orNull(clippedText(4)),
  kind: word(['buoy', 'handset'], 16),
  depthMetres: orNull(double),
  isAfloat: flag,
  isReliable: named('reliable', assumed),
  seenAt: orNull(time),
  tags: json(readList, (list) => list.length === 0),
  copies: withDefault(integer, 0),
  createdAt: now,
})

const stored = {
  id: 7,
  name: 'Tui',
  note: null,
  kind: 'buoy',
  depthMetres: '3.5',
  isAfloat: 1,
  isReliable: null,
  seenAt: '2026-11-24 16:29:06.123 +00:00',
  tags: '["red"]',
  copies: 2,
  createdAt: new Date(5),
}

describe('selection()', () => {
  const BUOY = selection(BUOYS.as('b'))

  it('lists the columns it reads', () => {
    expect(BUOY.sql).toContain('b.id AS id, b.name AS name')
    expect(BUOY.sql).toContain('b.depth_metres AS depthMetres')
    expect(BUOY.sql).toContain('b.reliable AS isReliable')
  })

  it('reads the values of either driver', () => {
    expect(BUOY.read(stored)).toEqual({
      ...stored,
      depthMetres: 3.5,
      isAfloat: true,
      isReliable: true,
      seenAt: new Date('2026-11-24T16:29:06.123Z'),
      tags: ['red'],
    })
    const others = { ...stored, isAfloat: false, isReliable: 0, seenAt: new Date(9), tags: null }
    expect(BUOY.read(others)).toMatchObject({ isAfloat: false, isReliable: false, seenAt: new Date(9), tags: [] })
    expect(BUOY.read({ ...stored, seenAt: '2026-11-24 16:29:06' }).seenAt).toEqual(new Date('2026-11-24T16:29:06Z'))
  })

  it.each([
    ['name', null, 'buoys.name: expected a text, found null'],
    ['name', undefined, 'buoys.name: expected a text, found no such column in the row'],
    ['note', undefined, 'buoys.note: expected a text or null, found no such column in the row'],
    ['kind', 'ship', 'buoys.kind: expected one of buoy, handset, found another string'],
    ['depthMetres', 'deep', 'buoys.depth_metres: expected a number or null, found another string'],
    ['copies', '', 'buoys.copies: expected a number, found another string'],
    ['isAfloat', 2, 'buoys.is_afloat: expected a flag, found another number'],
    ['seenAt', 'yesterday', 'buoys.seen_at: expected a time or null, found another string'],
    ['createdAt', null, 'buoys.created_at: expected a time, found null'],
    ['createdAt', new Date(NaN), 'buoys.created_at: expected a time, found a wrong time'],
    ['tags', '{', 'buoys.tags: expected JSON, found another string'],
  ])('names table and column in the error when %s is %p', (property, value, message) => {
    expect(() => BUOY.read({ ...stored, [property]: value })).toThrow(new ColumnError(message))
  })

  it('reads a joined row as an object, or as null if there is none', () => {
    const b = BUOYS.as('b')
    const PAIR = selection({
      count: expression(integer, 'COUNT(*)'),
      name: maybe(b.name),
      buoy: whenThere(b.id, { id: b.id, note: b.note }),
    })
    expect(PAIR.sql).toBe('COUNT(*) AS count, b.name AS name, b.id AS buoy_there, b.id AS buoy_id, b.note AS buoy_note')
    expect(PAIR.read({ count: '3', name: null, buoy_there: null, buoy_id: null, buoy_note: null })).toEqual({
      count: 3,
      name: null,
      buoy: null,
    })
    expect(PAIR.read({ count: 3n, name: 'Tui', buoy_there: 1, buoy_id: 1, buoy_note: 'a' }).buoy).toEqual({
      id: 1,
      note: 'a',
    })
    expect(() => PAIR.read({ name: null, buoy_there: null })).toThrow('COUNT(*): expected a number')
  })
})

describe('rowWriter()', () => {
  it('writes values in the order of its columns', () => {
    const writer = rowWriter(BUOYS, propertiesOf(BUOYS.kinds))
    const row = {
      id: 7,
      name: 'Tui',
      note: 'too long',
      kind: 'buoy' as const,
      depthMetres: NaN,
      isAfloat: true,
      isReliable: true,
      seenAt: new Date('2026-11-24T16:29:06.123Z'),
      tags: [],
      copies: 0,
      createdAt: new Date(0),
    }
    expect(writer.columns).toEqual([
      ...['id', 'name', 'note', 'kind', 'depth_metres', 'is_afloat', 'reliable', 'seen_at', 'tags', 'copies'],
      'created_at',
    ])
    const written = [7, 'Tui', 'too ', 'buoy', null, 1, null, '2026-11-24 16:29:06.123 +00:00', null, 0]
    expect(writer.write('sqlite', row)).toEqual([...written, '1970-01-01 00:00:00.000 +00:00'])
    expect(
      rowWriter(BUOYS, ['seenAt', 'tags', 'isReliable']).write('mysql', { ...row, tags: ['a'], isReliable: false }),
    ).toEqual(['2026-11-24 16:29:06.123', '["a"]', 0])
  })

  it('refuses an invalid date', () => {
    expect(() => rowWriter(BUOYS, ['seenAt']).write('sqlite', { seenAt: new Date(NaN) })).toThrow(RangeError)
  })
})

test('defineModel() converts values on write and back on read', () => {
  const sequelize = new Sequelize('mysql://nobody@localhost/none', { define: { underscored: true, timestamps: false } })
  const Buoy = defineModel(sequelize, BUOYS, { modelName: 'buoy' })
  const made = Buoy.build({ name: 'Tui', kind: 'buoy', isAfloat: true, tags: ['red'], isReliable: false })
  expect(made.dataValues).toMatchObject({ name: 'Tui', tags: '["red"]', isReliable: 0, copies: 0 })
  expect([made.tags, made.isReliable]).toEqual([['red'], false])
  expect(Buoy.getAttributes().isReliable.field).toBe('reliable')
  expect(Buoy.getAttributes().name).toMatchObject({ allowNull: false })
  // @ts-expect-error a column without a default must be given
  Buoy.build({ kind: 'buoy', isAfloat: true })
})

describe('parseTime()', () => {
  it.each([
    ['2026-11-24 16:29:06.123 +00:00', '2026-11-24T16:29:06.123Z'],
    ['2024-02-29 23:59:59.999 +00:00', '2024-02-29T23:59:59.999Z'],
    ['1969-12-31 23:59:59.001 +00:00', '1969-12-31T23:59:59.001Z'],
    ['2026-11-24 16:29:06', '2026-11-24T16:29:06.000Z'],
    ['2026-11-24 16:29:06.123', '2026-11-24T16:29:06.123Z'],
  ])('reads %s', (stored, iso) => {
    expect(parseTime(stored)).toEqual(new Date(iso))
  })

  it.each([
    '2026-13-24 16:29:06.123 +00:00',
    '2026-11-24 24:29:06.123 +00:00',
    '2026-11-24 16:60:06.123 +00:00',
    '2026-11-24 16:29:0x.123 +00:00',
    'x026-11-24 16:29:06.123 +00:00',
    'yesterday',
  ])('returns WRONG for %s', (stored) => {
    expect(parseTime(stored)).toBe(WRONG)
  })
})
