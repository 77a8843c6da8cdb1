import { cpus, loadavg } from 'node:os'
import stringWidth from 'string-width'
import type { Row } from './figure.ts'

/** Does the figure keep to its target? */
export const holds = ({ value, target }: Row): boolean => value <= target

/** The rows for a person: a line each, and what there is to know about it below. */
export const table = (rows: readonly Row[]): string => {
  const head = ['figure', 'value', 'target', '']
  const cells = rows.map((row) => [row.name, `${row.value} ${row.unit}`, `≤ ${row.target}`, holds(row) ? 'holds' : 'MISSED'])
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((line) => stringWidth(line[column] ?? ''))))
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, column) => text + ' '.repeat((widths[column] ?? 0) - stringWidth(text)))
      .join('  ')
      .trimEnd()
  const body = rows.flatMap((row, index) => [line(cells[index] ?? []), `    ${row.runs.length} runs: ${row.note}`])
  return [line(head), ...body, '', machine(), ''].join('\n')
}

const machine = (): string =>
  `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')} at the end, node ${process.version}`
