import { z } from 'zod'
import { bare, type Mistake, mistakesOf, type Path } from './problems.ts'
import { type Settings, settingsShape } from './schema.ts'

/**
 * The settings in a value, and every mistake in it. What is wrong is left out and the rest read again, so that one mistake
 * hides no other. `written` is the value before variables were filled in, for telling.
 */
export const parseSettings = (value: unknown, written: unknown): { readonly settings: Settings; readonly mistakes: readonly Mistake[] } => {
  if (value !== null && value !== undefined && (typeof value !== 'object' || Array.isArray(value))) {
    return { settings: settingsShape.parse({}), mistakes: [{ path: [], what: 'Write settings ("name: value"); see docs/config.md.' }] }
  }
  const mistakes: Mistake[] = []
  let rest = dropEmpty(value ?? {}, settingsShape)
  for (let round = 0; round < mostRounds; round += 1) {
    const result = settingsShape.safeParse(rest)
    if (result.success) return { settings: result.data, mistakes }
    const found = mistakesOf(result.error, settingsShape, written)
    mistakes.push(...found)
    for (const { path } of found) rest = without(rest, path)
  }
  return { settings: settingsShape.parse({}), mistakes }
}

/** A mistake that is left out may uncover another, but not for ever. */
const mostRounds = 8

/** A key with nothing behind it (all below it is commented out) counts as not written, unless nothing is a value there. */
const dropEmpty = (value: unknown, schema: z.ZodType): unknown => {
  const inner = bare(schema)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const childOf = (key: string): unknown =>
    inner instanceof z.ZodObject ? inner.shape[key] : inner instanceof z.ZodRecord ? inner.valueType : null
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
      const child = childOf(key)
      if (!(child instanceof z.ZodType)) return [[key, item]]
      if (item !== null || child.safeParse(null).success) return [[key, dropEmpty(item, child)]]
      // The name of a project, host or person is a statement by itself.
      return inner instanceof z.ZodRecord && bare(child) instanceof z.ZodObject ? [[key, {}]] : []
    }),
  )
}

/** The value without what stands at the path; what stands in a list takes the whole list with it. */
const without = (value: unknown, [first, ...rest]: Path): unknown => {
  if (first === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, first)) return value
  const item = Object.entries(value).find(([key]) => key === String(first))?.[1]
  const isLeaf = rest.length === 0 || Array.isArray(item) || typeof item !== 'object' || item === null
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (key !== String(first) ? [[key, each]] : isLeaf ? [] : [[key, without(each, rest)]])),
  )
}
