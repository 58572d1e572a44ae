import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

/** A value over time; `values` as old as `times` (s since 1970), gaps as `null`. */
export function Chart(props: {
  readonly title: string
  readonly unit: string
  readonly times: readonly number[]
  readonly values: readonly (number | null)[]
}) {
  const { title, unit, times, values } = props
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
        axes: [axis, { ...axis, size: 56 }],
        series: [{}, { label: `${title} (${unit})`, stroke: ink, points: { show: true } }],
      },
      [[...times], [...values]],
      element,
    )
    return () => chart.destroy()
  }, [title, unit, times, values])
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
