import type { Ground } from './ground.ts'
import { median, rounded } from './numbers.ts'

/** One measured number; it holds while it is not above its target. */
export type Row = {
  readonly name: string
  /** The median of the runs. */
  readonly value: number
  readonly unit: string
  readonly target: number
  readonly runs: readonly number[]
  readonly note: string
}

/** What a figure is measured on: a ground of its own, and somebody to tell how far it is. */
export type Bench = { readonly ground: Ground; readonly tell: (progress: string) => void }

/** A figure: one measurement that gives one row or several. `rows` are their names, known before anything is measured. */
export type Figure = {
  readonly name: string
  readonly rows: readonly string[]
  /** Measures the rows that are wanted. */
  measure(bench: Bench, wanted: ReadonlySet<string>): Promise<readonly Row[]>
}

/** A row from its runs. */
export const rowOf = ({ name, unit, target, runs, note }: Omit<Row, 'value'>): Row => ({
  name,
  value: rounded(median(runs)),
  unit,
  target,
  runs: runs.map(rounded),
  note,
})
