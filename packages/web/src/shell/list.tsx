import type { ReactNode } from 'react'

/** A column of a list. */
export interface ListColumn<T> {
  readonly title: string
  readonly isNumber?: boolean
  /** False if nobody could do anything in it. @default true */
  readonly isShown?: boolean
  readonly cell: (item: T) => ReactNode
}

/** A table that narrow screens show as cards; screen readers still see a table. */
export function List<T>(props: {
  readonly caption: string
  readonly columns: readonly ListColumn<T>[]
  readonly items: readonly T[]
  readonly keyOf: (item: T) => string | number
}) {
  const { caption, items, keyOf } = props
  const columns = props.columns.filter(({ isShown }) => isShown !== false)
  return (
    <table className="fleet list" role="table">
      <caption>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ title, isNumber }) => (
            <th key={title} scope="col" role="columnheader" className={isNumber === true ? 'number' : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {items.map((item) => (
          <tr key={keyOf(item)} role="row">
            {columns.map(({ title, isNumber, cell }) => (
              <td key={title} role="cell" data-title={title} className={isNumber === true ? 'number' : undefined}>
                {cell(item)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
