import type { Mistake, Path } from './problems.ts'

/** The environment, as the process has it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The values with their variables filled in, and what came out of the environment that way. */
export type Filled = {
  readonly value: unknown
  /** Values of variables, without those that everybody may know. */
  readonly secrets: readonly string[]
  /** The names of the variables the secrets came from. */
  readonly secretNames: readonly string[]
  readonly mistakes: readonly Mistake[]
}

/**
 * Replaces `${NAME}` and `${NAME:-default}` in every text; an empty variable counts as missing. `$${` is a plain `${`.
 * What cannot be filled in stays as it is written and is told.
 */
export const fillVariables = (value: unknown, environment: Environment): Filled => {
  const found = new Map<string, string>()
  const mistakes: Mistake[] = []
  const fillText = (text: string, path: Path): string =>
    text.replace(variable, (written, name: string | undefined, fallback: string | undefined) => {
      if (written === '$${') return '${'
      if (name === undefined) {
        mistakes.push({ path, what: `"${written}" is not a variable; write \${NAME}, \${NAME:-default}, or $\${ for a plain \${.` })
        return written
      }
      const set = Object.hasOwn(environment, name) ? environment[name] : undefined
      if (set) {
        if (!isPublic(name)) found.set(name, set)
        return set
      }
      if (fallback === undefined)
        mistakes.push({
          path,
          what: `The environment variable ${name} is ${set === '' ? 'empty' : 'not set'}; set it, for example in .env, or write \${${name}:-default}.`,
        })
      return fallback ?? written
    })
  const fill = (each: unknown, path: Path): unknown => {
    if (typeof each === 'string') return fillText(each, path)
    if (Array.isArray(each)) return each.map((item, index) => fill(item, [...path, index]))
    if (typeof each !== 'object' || each === null) return each
    return Object.fromEntries(Object.entries(each).map(([key, item]) => [key, fill(item, [...path, key])]))
  }
  const filled = fill(value, [])
  return { value: filled, secrets: [...new Set(found.values())], secretNames: [...found.keys()], mistakes }
}

const variable = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|[^}\n]{0,40}\}?)/g

/** A home folder or a user's name is in every path; taking it out of what is shown would make it unreadable. */
const isPublic = (name: string): boolean => /^(?:HOME|USER|LOGNAME|PWD|TMPDIR|SHELL|HOSTNAME|LANG|XDG_\w+|AO_DATA)$/.test(name)
