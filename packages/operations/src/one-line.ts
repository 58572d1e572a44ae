/** What shows nothing, breaks the line, or turns the text around it: a label with it looks like another one. */
const UNSEEN =
  /[\u034f\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\u{e0000}-\u{e007f}]/u
/** Joiners and selectors are part of words and emoji, and show nothing without them. */
const ALONE_UNSEEN = /[\p{Default_Ignorable_Code_Point}\s]/gu

/**
 * Whether a text is one visible line: no control characters, line breaks, marks that change the direction of
 * reading, or characters that show nothing. Empty is one, too.
 */
export function isOneLine(text: string): boolean {
  if (UNSEEN.test(text)) return false
  return text.trim() === '' || text.replaceAll(ALONE_UNSEEN, '') !== ''
}
