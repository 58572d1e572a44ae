import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { ChoiceField, TextField } from '../shell/fields.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Loaded } from '../shell/states.tsx'
import { BudgetForm } from './airtime-budget-form.tsx'
import { BY, type By, levelWord, limitWords, periodWords, spenderWords, useScopeWords } from './airtime-words.ts'

/** Satellite spending, its levels, and the warnings. */
export function Airtime() {
  const { t, moment } = usePreferences()
  const { may } = useSession()
  const scopeWords = useScopeWords()
  const [by, setBy] = useState<By>('device')
  const [month, setMonth] = useState('')
  const spent = useQuery({
    queryKey: ['airtime', by, month],
    queryFn: ({ signal }) => callApi('GET /v1/airtime', { query: { by, ...(month === '' ? {} : { month }) }, signal }),
    placeholderData: (before) => before,
  })
  const budgets = useQuery({
    queryKey: ['budgets'],
    queryFn: ({ signal }) => callApi('GET /v1/airtime/budgets', { signal }),
  })
  return (
    <>
      <p>{t('Sending by satellite costs credits: 1 for each 50 bytes or part thereof. Programs cost nothing.')}</p>
      <div className="filters">
        <ChoiceField
          label={t('Counted by')}
          value={by}
          choices={BY.map(([value, words]) => [value, t(words)] as const)}
          onChange={(value) => setBy(BY.find(([one]) => one === value)?.[0] ?? 'device')}
        />
        <TextField label={t('Month (empty: this one)')} type="month" value={month} onChange={setMonth} />
      </div>
      <Loaded of={spent}>
        {({ credits, messages, items, warnings, from }) => (
          <>
            <p className="big">
              {t('{credits} credits in {messages} messages', { credits, messages })} <small>({from.slice(0, 7)})</small>
            </p>
            {items.length === 0 ? (
              <p className="notice">{t('Nothing was spent in this month.')}</p>
            ) : (
              <List
                caption={t('Spent')}
                items={items}
                keyOf={({ key }) => key}
                columns={[
                  { title: t('Whose'), cell: ({ key }) => spenderWords(key, t) },
                  { title: t('Credits'), isNumber: true, cell: (item) => item.credits },
                  { title: t('Messages'), isNumber: true, cell: (item) => item.messages },
                ]}
              />
            )}
            {warnings.length > 0 && <h2>{t('Levels that were exceeded')}</h2>}
            {warnings.length > 0 && (
              <List
                caption={t('Levels that were exceeded')}
                items={warnings}
                keyOf={(one) => `${one.scope} ${one.iam ?? ''} ${String(one.groupId)} ${one.period} ${one.level}`}
                columns={[
                  { title: t('Whose'), cell: scopeWords },
                  { title: t('Level'), cell: ({ level }) => t(levelWord(level)) },
                  { title: t('Period'), cell: ({ period }) => periodWords(period, t) },
                  { title: t('Limit'), isNumber: true, cell: ({ limitCredits }) => limitCredits },
                  { title: t('Spent'), isNumber: true, cell: ({ spentCredits }) => spentCredits },
                  { title: t('At'), cell: ({ at }) => moment(at) },
                ]}
              />
            )}
          </>
        )}
      </Loaded>
      <h2>{t('Budgets')}</h2>
      <Loaded of={budgets} isEmpty={({ items }) => items.length === 0}>
        {({ items }) => (
          <List
            caption={t('Budgets')}
            items={items}
            keyOf={(one) => `${one.scope} ${one.iam ?? ''} ${String(one.groupId)} ${one.period}`}
            columns={[
              { title: t('Whose'), cell: scopeWords },
              { title: t('Period'), cell: ({ period }) => periodWords(period, t) },
              { title: t('Spent'), isNumber: true, cell: ({ spentCredits }) => spentCredits },
              { title: t('Warns at'), isNumber: true, cell: ({ warnCredits }) => limitWords(warnCredits, t) },
              { title: t('Stops at'), isNumber: true, cell: ({ stopCredits }) => limitWords(stopCredits, t) },
              {
                title: t('State'),
                cell: ({ level, isDefault, overrideUntil }) => (
                  <>
                    <strong>{t(levelWord(level))}</strong>
                    {isDefault && ` (${t('not set')})`}
                    {overrideUntil !== null &&
                      ` ${t('The stop is lifted until {time}.', { time: moment(overrideUntil) })}`}
                  </>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {may('admin') && <BudgetForm />}
    </>
  )
}
