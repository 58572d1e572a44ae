/**
 * A part of a text without the blanks around it: spaces, line ends, and whatever control characters a device pads with.
 * By hand: it runs for each field of each message, and a pattern for the end of a text is quadratic.
 */
export function sliceWithoutBlanks(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && text.charCodeAt(start) <= 0x20) start++
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
  return text.slice(start, end)
}
