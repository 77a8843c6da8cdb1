/** Puts it at the end, as the newest, and forgets the oldest above `most`. */
export const renew = <T>(table: Record<string, T>, key: string, value: T, most: number): Record<string, T> => {
  delete table[key]
  table[key] = value
  for (const old of Object.keys(table).slice(0, -most)) delete table[old]
  return table
}

/** Keeps of a table what passes. */
export const keepWhere = <T>(table: Record<string, T>, isKept: (key: string, value: T) => boolean): void => {
  for (const [key, value] of Object.entries(table)) if (!isKept(key, value)) delete table[key]
}
