import type { Interface } from 'node:readline'
import type { Writable } from 'node:stream'

/** The part of the terminal above the line being typed. */
export type Screen = {
  /** Prints above the line being typed, which stays as it is. `key` names what was printed, for `replace`. */
  print(text: string, key?: string): void
  /** Is what that key names the last thing printed, still in reach of the cursor? */
  canReplace(key: string): boolean
  /** Draws the last thing anew, in place. Only after `canReplace`. */
  replace(text: string): void
  /** Something else was printed (the typed line, completions): what stands above is out of reach. */
  moved(): void
  clear(): void
}

/**
 * Draws above readline's prompt. `size` gives the terminal's size now. Rows are counted as they were printed, so every row must fit
 * the width; after a change of the width nothing is drawn in place.
 */
export const openScreen = (line: Interface, output: Writable, size: () => { readonly columns: number; readonly rows: number }): Screen => {
  let last: { readonly key: string; readonly rows: number; readonly columns: number } | null = null

  // Before readline draws, it goes up as many rows as it believes the cursor to be below its prompt, which is where we are
  // now. What it believes is in `prevRows`. https://github.com/nodejs/node/blob/v20.x/lib/internal/readline/interface.js
  const redraw = (): void => {
    Object.assign(line, { prevRows: 0 })
    line.prompt(true)
  }
  const draw = (text: string, rowsAbove: number): void => {
    const { rows } = line.getCursorPos()
    output.write(`${up(rows + rowsAbove)}\r${eraseBelow}${text}\n`)
    redraw()
  }
  return {
    print: (text, key) => {
      draw(text, 0)
      last = key === undefined ? null : { key, rows: text.split('\n').length, columns: size().columns }
    },
    canReplace: (key) => {
      const { columns, rows } = size()
      return last !== null && last.key === key && last.columns === columns && last.rows + line.getCursorPos().rows + 1 < rows
    },
    replace: (text) => {
      if (last === null) return
      const { key, rows } = last
      draw(text, rows)
      last = { key, rows: text.split('\n').length, columns: size().columns }
    },
    moved: () => {
      last = null
    },
    clear: () => {
      last = null
      output.write(eraseAll)
      redraw()
    },
  }
}

const eraseBelow = '\u001b[J'
const eraseAll = '\u001b[H\u001b[2J\u001b[3J'
const up = (rows: number): string => (rows === 0 ? '' : `\u001b[${rows}A`)
