import { z } from 'zod'
import { headline, list, nearest } from '../kit/text.ts'

/** One mistake in the file. `where` is a dotted path; `line` counts from 1. */
export type Problem = { readonly where: string; readonly line: number | null; readonly what: string }

/** The way to a value. */
export type Path = readonly (string | number)[]

/** A problem that does not know its line yet. */
export type Mistake = { readonly path: Path; readonly what: string }

/** A problem as people read it. */
export const sayProblem = ({ where, line, what }: Problem): string =>
  `${where}${line === null || where.startsWith('line ') ? '' : ` (line ${line})`}: ${what}`

/** A word that is not among the known ones, and which was probably meant. */
export const unknownWord = (word: string, known: readonly string[], kind: string): string => {
  const near = nearest(word, known)
  const hint = near !== null ? `Did you mean "${near}"?` : known.length > 0 ? `Known: ${list(known)}.` : 'There is none.'
  return `There is no ${kind} "${headline(word, 60)}". ${hint}`
}

/** What a schema found wrong, in our words. `written` is the value before variables were filled in, so that no secret is told. */
export const mistakesOf = (error: z.ZodError, schema: z.ZodType, written: unknown): readonly Mistake[] =>
  error.issues.flatMap((issue): readonly Mistake[] => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
    if (issue.code === 'unrecognized_keys') {
      const known = keysOf(schemaAt(schema, path))
      return issue.keys.map((key) => ({ path: [...path, key], what: unknownWord(key, known, 'setting') }))
    }
    if (issue.code === 'invalid_key') return [{ path, what: issue.issues[0]?.message ?? issue.message }]
    return [{ path, what: sayIssue(issue, valueAt(written, path)) }]
  })

/** The schema of what stands at a path, or null where nothing is known. */
export const schemaAt = (schema: z.ZodType, [first, ...rest]: Path): z.ZodType | null => {
  if (first === undefined) return schema
  const inner = bare(schema)
  const child =
    inner instanceof z.ZodObject
      ? inner.shape[first]
      : inner instanceof z.ZodRecord
        ? inner.valueType
        : inner instanceof z.ZodArray
          ? inner.element
          : inner instanceof z.ZodUnion
            ? inner.options
                .map((option) => (option instanceof z.ZodType ? schemaAt(option, [first]) : null))
                .find((found) => found !== null)
            : null
  return child instanceof z.ZodType ? schemaAt(child, rest) : null
}

/** A schema without what says that it may be absent or is worked over afterwards. */
export const bare = (schema: z.ZodType): z.ZodType => {
  const inner =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
      ? schema.unwrap()
      : schema instanceof z.ZodPipe
        ? schema.in
        : null
  return inner instanceof z.ZodType ? bare(inner) : schema
}

/** What stands at a path, or undefined. */
export const valueAt = (value: unknown, [first, ...rest]: Path): unknown => {
  if (first === undefined) return value
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, first)) return undefined
  return valueAt((value as Record<string | number, unknown>)[first], rest) // it has that key, as the line above asked
}

const keysOf = (schema: z.ZodType | null): readonly string[] => {
  const inner = schema === null ? null : bare(schema)
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
}

const sayIssue = (issue: z.core.$ZodIssue, value: unknown): string => {
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String)
    return typeof value === 'string' ? unknownWord(value, known, 'value') : `Write ${list(known, 'or')}, not ${say(value)}.`
  }
  if (issue.code === 'invalid_type' && !issue.message.endsWith('.')) {
    return value === undefined
      ? `This is missing; write ${kinds[issue.expected] ?? issue.expected}.`
      : `Write ${kinds[issue.expected] ?? issue.expected}, not ${say(value)}.`
  }
  if (issue.code === 'too_small' && issue.origin === 'int') return `Write at least ${issue.minimum}, not ${say(value)}.`
  if (issue.code === 'too_small' && issue.origin === 'number') return `Write at least ${issue.minimum}, not ${say(value)}.`
  if (issue.code === 'too_big' && (issue.origin === 'int' || issue.origin === 'number'))
    return `Write at most ${issue.maximum}, not ${say(value)}.`
  return value === undefined || issue.code === 'custom' ? issue.message : `${issue.message.replace(/\.?$/, '.')} It is ${say(value)}.`
}

const kinds: Readonly<Record<string, string>> = {
  object: 'settings ("name: value")',
  record: 'settings ("name: value")',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

const say = (value: unknown): string => (value === null ? 'nothing' : headline(JSON.stringify(value) ?? String(value), 60))
