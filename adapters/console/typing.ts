import { appendFile, readFile, writeFile } from 'node:fs/promises'

/** How many typed lines are remembered. */
export const rememberedLines = 500

/** The lines typed before, oldest first. A file that is not there, or cannot be read, means none. */
export const loadTyping = async (path: string): Promise<readonly string[]> => {
  try {
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
    const kept = lines.slice(-rememberedLines)
    // Terminals append side by side; whoever opens the file when it has doubled makes it short again.
    if (lines.length > rememberedLines * 2) await writeFile(path, `${kept.join('\n')}\n`, { mode: 0o600 })
    return kept
  } catch {
    return [] // remembering what was typed is a comfort; without it everything else works
  }
}

/** Remembers a typed line. */
export const addTyping = async (path: string, line: string): Promise<void> => {
  try {
    await appendFile(path, `${line.replace(/\n/g, ' ')}\n`, { mode: 0o600 })
  } catch {
    // as above: a comfort
  }
}

/** A line that ends with an odd number of backslashes goes on in the next one: what it adds, or null when it is complete. */
export const continued = (line: string): string | null => {
  const [end = ''] = /\\*$/.exec(line) ?? []
  return end.length % 2 === 1 ? line.slice(0, -1) : null
}
