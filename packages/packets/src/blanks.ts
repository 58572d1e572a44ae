/**
 * A slice of a text without surrounding blanks: spaces, line ends, and whatever control characters a device pads with.
 * Hand-written: it runs for each field of each message, and a regular expression anchored at the end is quadratic.
 */
export function sliceWithoutBlanks(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && text.charCodeAt(start) <= 0x20) start++
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
  return text.slice(start, end)
}
