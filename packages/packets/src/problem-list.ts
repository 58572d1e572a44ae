import type { FieldProblem } from './report.ts'

// A report is stored beside its message and must stay small whatever the message contains. An SBD message (340 bytes)
// never reaches these limits; the receiver keeps the raw bytes.
const MAX_PROBLEMS = 32
const MAX_RAW = 80
const MAX_FIELD = 40

/** Collects problems up to a limit; after that, one last entry says that there were more. */
export class ProblemList {
  readonly list: FieldProblem[] = []

  add(field: string, code: string, detail: string, raw: string): void {
    if (this.list.length > MAX_PROBLEMS) return
    if (this.list.length === MAX_PROBLEMS) {
      this.list.push({ field: '', code: 'more-problems', detail: `more than ${MAX_PROBLEMS} problems`, raw: '' })
      return
    }
    this.list.push({ field: shorten(field, MAX_FIELD), code, detail, raw: shorten(raw, MAX_RAW) })
  }
}

/** Cuts text to a length and marks the cut. */
export function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}…`
}
