/** What shows nothing, breaks the line, or turns the text around it: a label with it looks like another one. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u

/** Whether a text is one visible line: no control characters, line breaks, or marks that change the direction of reading. */
export function isOneLine(text: string): boolean {
  return !UNSEEN.test(text)
}
