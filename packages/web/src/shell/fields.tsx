import type { ReactNode } from 'react'

/** A form in a row, submitted without leaving the page. */
export function Form(props: {
  readonly label: string
  readonly onSubmit: () => void
  readonly className?: string
  readonly children: ReactNode
}) {
  return (
    <form
      className={props.className ?? 'filters'}
      aria-label={props.label}
      onSubmit={(event) => {
        event.preventDefault()
        props.onSubmit()
      }}
    >
      {props.children}
    </form>
  )
}

/** A text field with its label. */
export function TextField(props: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly type?: 'text' | 'email' | 'password' | 'url' | 'number' | 'date' | 'time' | 'month'
  readonly maxLength?: number
  readonly isRequired?: boolean
  /** For a number: its minimum, and its step. */
  readonly min?: number
  readonly step?: number | 'any'
  readonly autoComplete?: string
}) {
  const { label, value, onChange, type = 'text', maxLength, isRequired = false, min, step } = props
  return (
    <label>
      {label}
      <input
        type={type}
        value={value}
        maxLength={maxLength}
        required={isRequired}
        min={min}
        step={step}
        // A browser must not offer a user's own password for another's account.
        autoComplete={props.autoComplete ?? (type === 'password' ? 'new-password' : 'off')}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  )
}

/** A checkbox. */
export function CheckField(props: {
  readonly label: string
  readonly isChecked: boolean
  readonly onChange: (isChecked: boolean) => void
}) {
  const { label, isChecked, onChange } = props
  return (
    <label className="check">
      <input type="checkbox" checked={isChecked} onChange={({ target }) => onChange(target.checked)} /> {label}
    </label>
  )
}

/** A selection; `''` stands for the placeholder, if there is one. */
export function ChoiceField(props: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly choices: readonly (readonly [value: string, words: string])[]
  readonly isRequired?: boolean
}) {
  const { label, value, onChange, choices, isRequired = false } = props
  return (
    <label>
      {label}
      <select value={value} required={isRequired} onChange={({ target }) => onChange(target.value)}>
        {choices.map(([choice, words]) => (
          <option key={choice} value={choice}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Asks for the user's own password again before something that requires certainty about who they are. */
export function OwnPasswordField(props: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}) {
  return <TextField {...props} type="password" autoComplete="current-password" maxLength={1000} isRequired />
}
