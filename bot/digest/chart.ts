import { scaleBand, scaleLinear } from 'd3-scale'
import type { Cost } from '../../core/contracts/cost.ts'
import { drawSvg } from '../../core/kit/picture.ts'
import { sumOf } from '../../core/kit/prices.ts'
import type { Picture } from '../contracts/card.ts'
import { costWords } from '../views/cost.ts'
import { dateWords } from '../views/digest.ts'
import { type Day, isBusy } from './days.ts'

/** The days as a picture; null where there is nothing to compare. What it needs is loaded at the first one. */
export const chartOf = async (days: readonly Day[]): Promise<Picture | null> => {
  if (days.filter(isBusy).length < 2) return null
  const png = await drawSvg(chartSvg(days))
  return { alt: chartWords(days), png: Buffer.from(png).toString('base64') }
}

/** The same in words. */
export const chartWords = (days: readonly Day[]): string => {
  const last = days.at(-1)
  const cost = sumOf(days.map((day) => day.cost))
  const all = countsIn((count) => days.reduce((total, day) => total + count(day), 0))
  const sums = [...(all.length === 0 ? ['nothing ended'] : all), ...(cost.usd > 0 ? [money(cost)] : [])].join(', ')
  const each = (hasCost: boolean): string =>
    days
      .filter(isBusy)
      .map((day) => {
        const parts = [...countsIn((count) => count(day)), ...(hasCost && day.cost.usd > 0 ? [money(day.cost)] : [])]
        return parts.length === 0 ? '' : `${dateWords(day.date)}: ${parts.join(', ')}`
      })
      .filter((words) => words !== '')
      .join('; ')
  const whole = `${days.length} days to ${last ? dateWords(last.date) : ''}: ${sums}. ${each(true)}.`
  return whole.length <= mostChars ? whole : whole.replace(each(true), each(false))
}

/** What may stand below a picture is no longer than that on any platform. */
const mostChars = 900

const countsIn = (number: (count: Series['count']) => number): readonly string[] =>
  series.flatMap(({ name, count }) => (number(count) === 0 ? [] : [`${number(count)} ${name}`]))

const money = (cost: Cost): string => costWords({ ...cost, byList: false, bySay: true })

type Series = { readonly name: string; readonly colour: string; readonly count: (day: Day) => number }

/** From the bottom up. The colours differ in brightness, too. */
const series: readonly Series[] = [
  { name: 'merged', colour: '#57ab5a', count: ({ merged }) => merged },
  { name: 'stopped or closed', colour: '#8b949e', count: ({ stopped }) => stopped },
  { name: 'failed', colour: '#f2707a', count: ({ failed }) => failed },
]

const colours = { paper: '#14171c', ink: '#e6e9ee', quiet: '#9aa3ae', rule: '#2c323b', cost: '#5ca7f2' } as const
/** Seen on a phone it is a third as wide. */
const size = { width: 1000, height: 500, left: 84, right: 20, font: 26 } as const
const counts = { top: 76, bottom: 322 } as const
const purse = { top: 388, bottom: 446 } as const

/** A stack of columns for each day, and what the days cost below them. No text in it comes from outside. Pure. */
export const chartSvg = (days: readonly Day[]): string => {
  const dates = days.map(({ date }) => date)
  const x = scaleBand<string>(dates, [size.left, size.width - size.right])
    .paddingInner(0.28)
    .paddingOuter(0.14)
  const hasCost = days.some(({ cost }) => cost.usd > 0)
  const bottom = hasCost ? counts.bottom : purse.bottom
  const y = scaleLinear([0, Math.max(2, ...days.map(totalOf))], [bottom, counts.top]).nice(4)
  const column = (date: string): { readonly left: number; readonly middle: number } => {
    const left = x(date) ?? 0
    return { left, middle: left + x.bandwidth() / 2 }
  }
  const ticks = y.ticks(4).filter(Number.isInteger)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" font-family="DejaVu Sans" font-size="${size.font}">`,
    rect({ x: 0, y: 0, width: size.width, height: size.height }, colours.paper),
    legend(hasCost),
    ...ticks.map(
      (tick) =>
        rect({ x: size.left, y: y(tick), width: size.width - size.left - size.right, height: tick === 0 ? 2 : 1 }, colours.rule) +
        text(String(tick), { x: size.left - 12, y: y(tick) + 9, anchor: 'end', fill: colours.quiet }),
    ),
    ...days.flatMap((day) => {
      let from = 0
      return series.flatMap(({ count, colour }) => {
        const [low, high] = [from, from + count(day)]
        from = high
        return low === high ? [] : [rect({ x: column(day.date).left, y: y(high), width: x.bandwidth(), height: y(low) - y(high) }, colour)]
      })
    }),
    ...(hasCost ? costBars(days, { left: (date) => column(date).left, width: x.bandwidth() }) : []),
    ...days.map(({ date }) => {
      const isWeekend = [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay())
      const label = String(Number(date.slice(8)))
      return text(label, { x: column(date).middle, y: size.height - 16, anchor: 'middle', fill: isWeekend ? colours.quiet : colours.ink })
    }),
    '</svg>',
  ].join('\n')
}

const totalOf = (day: Day): number => series.reduce((sum, { count }) => sum + count(day), 0)

const costBars = (
  days: readonly Day[],
  { left, width }: { readonly left: (date: string) => number; readonly width: number },
): readonly string[] => {
  const dearest = Math.max(...days.map(({ cost }) => cost.usd))
  const y = scaleLinear([0, dearest], [purse.bottom, purse.top])
  const top = days.find(({ cost }) => cost.usd === dearest)
  return [
    rect({ x: size.left, y: purse.bottom, width: size.width - size.left - size.right, height: 2 }, colours.rule),
    ...days.flatMap(({ date, cost }) =>
      cost.usd > 0 ? [rect({ x: left(date), y: y(cost.usd), width, height: Math.max(2, purse.bottom - y(cost.usd)) }, colours.cost)] : [],
    ),
    ...(top
      ? [
          text(money(top.cost), {
            x: Math.min(Math.max(left(top.date) + width / 2, size.left + 50), size.width - size.right - 50),
            y: purse.top - 10,
            anchor: 'middle',
            fill: colours.quiet,
          }),
        ]
      : []),
  ]
}

const legend = (hasCost: boolean): string => {
  let x: number = size.left
  const names = [...series, ...(hasCost ? [{ name: 'cost', colour: colours.cost }] : [])]
  return names
    .map(({ name, colour }) => {
      const at = x
      x += 34 + name.length * 14 + 36
      return rect({ x: at, y: 22, width: 24, height: 24 }, colour) + text(name, { x: at + 34, y: 43, anchor: 'start', fill: colours.ink })
    })
    .join('')
}

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

const rect = ({ x, y, width, height }: Box, fill: string): string =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"/>`

const text = (
  words: string,
  { x, y, anchor, fill }: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'middle' | 'end'; readonly fill: string },
): string => `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}">${words}</text>`

const round = (value: number): number => Math.round(value * 10) / 10
