import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import { formatMoment, type Clock } from '../format/moment.ts'
import { usePreferences } from '../shell/preferences.tsx'
import 'uplot/dist/uPlot.min.css'

/** A value over time; `values` parallel to `times` (s since 1970), gaps as `null`. */
export function Chart(props: {
  readonly title: string
  readonly unit: string
  /** The smallest range of the value axis: less is noise. */
  readonly least: number
  readonly times: readonly number[]
  readonly values: readonly (number | null)[]
}) {
  const { title, unit, least, times, values } = props
  const { clock } = usePreferences()
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const ink = getComputedStyle(element).color
    const axis = { stroke: ink, grid: { stroke: 'rgb(128 128 128 / 0.25)' } }
    const chart = new UPlot(
      {
        width: Math.max(200, element.clientWidth),
        height: 180,
        legend: { show: false },
        scales: {
          x: { range: (_plot, min, max) => spanOf(min, max) },
          y: { range: (_plot, min, max) => rangeOf(min, max, least) },
        },
        // The library's own labels are American.
        axes: [
          { ...axis, values: (_plot, ticks, _axis, _space, step) => ticks.map((at) => tickWords(at, step, clock)) },
          {
            ...axis,
            size: 56,
            incrs: least < 1 ? [0.05, 0.1, 0.2, 0.5, 1, 2, 5] : [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440],
          },
        ],
        series: [{}, { label: `${title} (${unit})`, stroke: ink, points: { show: true } }],
      },
      [[...times], [...values]],
      element,
    )
    return () => chart.destroy()
  }, [title, unit, least, times, values, clock])
  const known = values.filter((value) => value !== null)
  const words = known.length === 0 ? '–' : `${String(Math.min(...known))} – ${String(Math.max(...known))} ${unit}`
  return (
    <figure className="chart">
      <figcaption>
        {title}: {words}
      </figcaption>
      <div ref={place} role="img" aria-label={`${title}: ${words}`} />
    </figure>
  )
}

const HALF_HOUR_S = 1800

/** A single report is centred in an hour. */
function spanOf(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, HALF_HOUR_S]
  return min === max ? [min - HALF_HOUR_S, max + HALF_HOUR_S] : [min, max]
}

/** The range of the values, with a margin above and below. */
function rangeOf(min: number | null, max: number | null, least: number): [number, number] {
  if (min === null || max === null) return [0, least]
  const room = Math.max(least, max - min) / 2
  const middle = (min + max) / 2
  return [Math.max(0, middle - room - least / 4), middle + room + least / 4]
}

const MINUTE_S = 60
const DAY_S = 86_400

/** A tick on the time axis: its time, or its date if the ticks are days apart. */
function tickWords(at: number, stepSeconds: number, clock: Clock): string {
  const words = formatMoment(new Date(at * 1000).toISOString(), clock)
  if (stepSeconds >= DAY_S) return words.slice(5, 10)
  return stepSeconds < MINUTE_S ? words.slice(11, 19) : words.slice(11, 16)
}
