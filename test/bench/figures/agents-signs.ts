import { type Judged, judgeAll, stretch } from '../agents-signs.ts'
import { type Figure, rowOf } from '../figure.ts'

const names = {
  missed: 'signs of agents: questions missed',
  stuck: 'signs of agents: taken for stuck without being so',
  other: 'signs of agents: recordings taken for something else',
}
const questions = ['asks-permission', 'asks-question', 'asks-plan', 'login', 'limit', 'trust']

/** Every recording of the corpus, read by its plugin and folded by the session with its clock: is it taken for what it was? */
export const agentsSigns: Figure = {
  name: 'agents-signs',
  rows: Object.values(names),
  measure: async () => {
    const all = await judgeAll()
    const asking = all.filter(({ label }) => questions.includes(label))
    const missed = asking.filter(({ seen }) => !questions.includes(seen))
    const other = all.filter(({ label, seen }) => label !== seen)
    const moments = all.reduce((sum, one) => sum + one.moments, 0)
    const stuck = all.flatMap(({ name, stuckAt }) => stuckAt.map((what) => `${name}: ${what}`))
    const clock = [
      `of ${moments} moments (each row of each recording, just before the next one, and its end after as much silence as such a state may have:`,
      `9 min of work, 54 min of a tool, a day of a question), with a clock that is ${stretch} times as fast while rows come`,
    ].join(' ')
    return [
      rowOf({
        name: names.missed,
        unit: `of ${asking.length}`,
        target: 0,
        runs: [missed.length],
        note: missed.map(nameOf).join('; ') || 'read by their plugins, folded by the session',
      }),
      rowOf({
        name: names.stuck,
        unit: '%',
        target: 1,
        runs: [(100 * stuck.length) / moments],
        note: `${stuck.length} ${clock}${stuck.length > 0 ? `; the first: ${stuck.slice(0, 3).join('; ')}` : ''}`,
      }),
      rowOf({
        name: names.other,
        unit: `of ${all.length}`,
        target: 0,
        runs: [other.length],
        note: [other.map(nameOf).join('; ') || 'none', 'rows: the label, columns: what it was taken for', ...matrix(all)].join('\n    '),
      }),
    ]
  },
}

const nameOf = ({ name, label, seen }: Judged): string => `${name} is ${label}, taken for ${seen}`

/** Labels × classes, counted; empty where there is none. */
const matrix = (all: readonly Judged[]): readonly string[] => {
  const classes = [...new Set(all.flatMap(({ label, seen }) => [label, seen]))].toSorted()
  const count = (label: string, seen: string): string => {
    const found = all.filter((one) => one.label === label && one.seen === seen).length
    return found === 0 ? '·' : String(found)
  }
  const width = Math.max(...classes.map((one) => one.length))
  const line = (head: string, cells: readonly string[]): string =>
    `${head.padEnd(width)}  ${cells.map((cell, at) => cell.padStart(classes[at]?.length ?? 0)).join('  ')}`.trimEnd()
  return [
    line('', classes),
    ...classes.map((label) =>
      line(
        label,
        classes.map((seen) => count(label, seen)),
      ),
    ),
  ]
}
