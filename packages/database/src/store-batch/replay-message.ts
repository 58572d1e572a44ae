import { columnTime, type Statement, type Statements } from '../connection/statements.ts'
import type { Database } from '../database.ts'
import { readProblems, REPEAT } from '../problems.ts'
import { eventsOf, eventsStatement } from '../queries/events.ts'
import { refreshDeviceState } from '../queries/device-state.ts'
import { rejudgeFixes } from '../queries/rejudge-fixes.ts'
import { readJsonOrNull, readNumber, readNumberOrNull } from '../queries/statement.ts'
import { MESSAGE_FACTS } from '../tables/inbound-messages.ts'
import { REPORT_FACTS } from '../tables/reports.ts'
import { advanceDeviceStates } from './device-states.ts'
import type { PlacedMessage } from './messages.ts'
import { deviceFor, findModems, hearModems } from './modems.ts'
import { reportRow } from './report-row.ts'
import { planReports } from './reports.ts'
import { sentAt } from './sent-at.ts'
import type { NewInbound } from './types.ts'

/**
 * Corrects a stored message to match the present rules. A quarantined one that can now be decoded is processed; one
 * already processed sends nothing again. Its modem and device are determined as on arrival.
 *
 * @param args `item`: the message decoded again, under its stored key; `repeatOfId`: the report whose text it repeats,
 * if that was found only now
 * @throws if it was deleted meanwhile
 */
export async function replayMessage(
  db: Database,
  args: {
    readonly messageId: number
    readonly item: NewInbound
    readonly repeatOfId: number | null
    readonly now: Date
  },
): Promise<void> {
  const { messageId, item, repeatOfId, now } = args
  const touched = await db.writeStatements(async (sql) => {
    const { modems } = await findModems(sql, hearModems([item]), null)
    const lock = sql.dialect === 'mysql' ? ' FOR UPDATE' : ''
    const found = `SELECT state, problems, device_id FROM inbound_messages WHERE id = ?${lock}`
    const [stored] = await sql.all(found, [messageId])
    if (stored === undefined) throw new Error(`message ${messageId} no longer exists`)
    const [report] = await sql.all('SELECT id FROM reports WHERE message_id = ?', [messageId])
    const modem = (item.imei === null ? undefined : modems.get(item.imei)) ?? null
    const device = modem === null ? null : deviceFor(modem, sentAt(item))
    const wasRepeat = readProblems(readJsonOrNull(stored, 'inbound_messages.problems')).some(
      ({ code }) => code === REPEAT.code,
    )
    const isRepeat = wasRepeat || repeatOfId !== null
    const wasRead = stored['state'] !== 'quarantined'
    const state = item.state === 'quarantined' || !wasRead ? item.state : stored['state']
    const facts = { ...item, problems: isRepeat ? [...item.problems, REPEAT] : item.problems }
    const messageFacts = MESSAGE_FACTS.write(sql.dialect, facts)
    const set = MESSAGE_FACTS.columns.map((column) => `${column} = ?`).join(', ')
    const update: Statement = {
      sql: `UPDATE inbound_messages SET ${set}, modem_id = ?, device_id = ?, group_id = ? WHERE id = ?`,
      values: [...messageFacts, modem?.id ?? null, device?.deviceId ?? null, device?.groupId ?? null, messageId],
    }
    const open: Statement = {
      sql: 'UPDATE inbound_messages SET state = ?, workflow_started_at = NULL, reopened_at = ? WHERE id = ?',
      values: [String(state), columnTime(sql.dialect, wasRead ? null : now), messageId],
    }
    const place = { item, messageRow: [], id: messageId, isNew: true, modem, device }
    const row = item.report === null ? null : reportRow(sql.dialect, item, item.report, now)
    const rest = await reportStatements(
      sql,
      db,
      { ...place, reportRow: row },
      { reportId: report === undefined ? null : readNumber(report, 'reports.id'), repeatOfId },
    )
    return {
      last: [update, open, ...rest, eventsStatement(sql.dialect, eventsOf('report', [messageId]))],
      answer: () => [readNumberOrNull(stored, 'inbound_messages.device_id'), device?.deviceId ?? null],
    }
  })
  const deviceIds = [...new Set(touched)].filter((id) => id !== null).toSorted((one, other) => one - other)
  await db.write(async (tx) => {
    for (const deviceId of deviceIds) {
      await rejudgeFixes(db, { deviceId }, tx)
      await refreshDeviceState(db, { deviceId, now }, tx)
    }
  })
}

async function reportStatements(
  sql: Statements,
  db: Database,
  placed: PlacedMessage,
  { reportId, repeatOfId }: { readonly reportId: number | null; readonly repeatOfId: number | null },
): Promise<readonly Statement[]> {
  const { item, id, device, modem } = placed
  if (reportId === null) {
    const reports = await planReports(sql, [placed], db.beliefRules)
    return [...reports.statements, ...advanceDeviceStates(sql, [placed], reports)]
  }
  if (item.report === null || modem === null) {
    return [
      { sql: 'UPDATE reports SET repeat_of_id = NULL WHERE repeat_of_id = ?', values: [reportId] },
      { sql: 'DELETE FROM reports WHERE id = ?', values: [reportId] },
    ]
  }
  // Its trust is judged below, with its neighbours.
  const written = REPORT_FACTS.write(sql.dialect, item.report)
  const kept = REPORT_FACTS.columns.map((column, index) => ({ column, value: written[index] ?? null }))
  const set = kept.filter(({ column }) => column !== 'quality')
  return [
    {
      sql: `UPDATE reports SET ${set.map(({ column }) => `${column} = ?`).join(', ')}, device_id = ? WHERE message_id = ?`,
      values: [...set.map(({ value }) => value), device?.deviceId ?? null, id],
    },
    ...(repeatOfId === null
      ? []
      : [
          {
            sql: 'UPDATE reports SET repeat_of_id = ? WHERE id = ? OR repeat_of_id = ?',
            values: [repeatOfId, reportId, reportId],
          },
        ]),
  ]
}
