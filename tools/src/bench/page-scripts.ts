/** Scripts that run in the measured page; as text, because this program is not compiled for the DOM. */

/** Marks the moment at which the first row of the list is drawn. */
export const MARK_LIST = `
  new MutationObserver((_, seen) => {
    if (document.querySelector('tr[data-iam]') === null) return
    seen.disconnect()
    requestAnimationFrame(() => performance.mark('list-drawn'))
  }).observe(document, { childList: true, subtree: true })`

/** Milliseconds from the fleet's response to its list; `null`: not yet. */
export const LIST_MS = `(() => {
  const mark = performance.getEntriesByName('list-drawn')[0]
  const fleet = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/v1/fleet'))
  return mark === undefined || fleet === undefined ? null : mark.startTime - fleet.responseEnd
})()`

/** Milliseconds since the track's response; `null`: not yet. */
export const SINCE_TRACK_MS = `(() => {
  const track = performance.getEntriesByType('resource').find(({ name }) => name.includes('track.geojson'))
  return track === undefined ? null : performance.now() - track.responseEnd
})()`

/** Moves the slider back and forth; yields the longest task meanwhile, in milliseconds (0: none over 50). */
export const SLIDE = `(async () => {
  let longest = 0
  const watch = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
  })
  watch.observe({ type: 'longtask' })
  const input = document.querySelector('input[type="range"]')
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set
  for (let share = 1000; share >= 0; share -= 20) {
    set.call(input, String(share))
    input.dispatchEvent(new Event('input', { bubbles: true }))
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
  await new Promise((resolve) => setTimeout(resolve, 500))
  return longest
})()`

/** Starts recording when each frame is drawn. */
export const FRAMES_BEGIN = `(() => {
  const times = (window.benchFrames = [])
  const note = (at) => {
    times.push(at)
    requestAnimationFrame(note)
  }
  requestAnimationFrame(note)
})()`

/** Median time between two frames since then, in milliseconds. */
export const FRAMES_MEDIAN = `(() => {
  const times = window.benchFrames
  const gaps = times.slice(1).map((at, index) => at - times[index]).toSorted((a, b) => a - b)
  return gaps[Math.floor(gaps.length / 2)] ?? NaN
})()`
