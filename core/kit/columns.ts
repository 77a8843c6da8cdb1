import stringWidth from 'string-width'

/** A table in fixed width: aligned columns, a rule below the first row. */
export const aligned = (rows: readonly (readonly string[])[], sides: readonly ('left' | 'right' | 'center' | null)[]): string => {
  const cells = rows.map((row) => row.map((cell) => cell.replace(/\s+/g, ' ').trim()))
  const widths = cells.reduce<readonly number[]>((widest, row) => {
    const own = row.map((cell, column) => Math.max(widest[column] ?? 0, Math.min(stringWidth(cell), widestCell)))
    return [...own, ...widest.slice(own.length)]
  }, [])
  const drawn = cells.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, sides[column] ?? null))
      .join('  ')
      .trimEnd(),
  )
  return [drawn[0] ?? '', widths.map((width) => '─'.repeat(width)).join('  '), ...drawn.slice(1)].join('\n')
}

/** Columns beyond this width are not aligned: one long cell would move all others out of sight. */
const widestCell = 40

const pad = (cell: string, width: number, side: 'left' | 'right' | 'center' | null): string => {
  const missing = Math.max(0, width - stringWidth(cell))
  const before = side === 'right' ? missing : side === 'center' ? Math.floor(missing / 2) : 0
  return `${' '.repeat(before)}${cell}${' '.repeat(missing - before)}`
}
