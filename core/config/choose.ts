import type { z } from 'zod'
import type { Slot } from '../contracts/plugins.ts'
import { list } from '../kit/text.ts'
import type { Choice } from './config.ts'
import { type Mistake, mistakesOf, type Path, unknownWord, valueAt } from './problems.ts'

/** The plugins there are, by slot and name, each with the schema of its options. */
export type KnownPlugins = Readonly<Record<Slot, Readonly<Record<string, z.ZodType>>>>

/** Which plugin fills a slot where the file says nothing; a slot without one must be filled by the file. */
export type DefaultPlugins = Readonly<Partial<Record<Slot, string>>>

/** A plugin as the file names it, with the options beside it, and where. */
export type WrittenChoice = { readonly use: string; readonly own: Readonly<Record<string, unknown>> }
export type Place = { readonly choice: WrittenChoice | undefined; readonly path: Path }

/** What was chosen, or a stand-in where something was wrong. */
export type Chosen = { readonly choice: Choice; readonly mistakes: readonly Mistake[] }

/**
 * Which plugin fills a slot: what stands at the place itself, else the general one, else the default. Options of the general
 * one hold for every place that uses the same plugin and does not say otherwise. `written` is the file before variables
 * were filled in, for telling.
 */
export const choosePlugin = (
  slot: Slot,
  { own, general }: { readonly own: Place; readonly general: Place },
  { plugins, defaults, written }: { readonly plugins: KnownPlugins; readonly defaults: DefaultPlugins; readonly written: unknown },
): Chosen => {
  const known = Object.keys(plugins[slot])
  const from = own.choice ? own : general.choice ? general : null
  const name = from?.choice?.use ?? defaults[slot]
  if (name === undefined) {
    const what = `Say which ${slot}: write ${list(known, 'or') || 'its name'} here, or under plugins.${slot} for all projects.`
    return { choice: nothing, mistakes: [{ path: own.path, what }] }
  }
  const schema = Object.hasOwn(plugins[slot], name) ? plugins[slot][name] : undefined
  if (!schema) return { choice: nothing, mistakes: [{ path: from?.path ?? own.path, what: unknownWord(name, known, `${slot} plugin`) }] }
  const shared = general.choice?.use === name || (!general.choice && defaults[slot] === name) ? (general.choice?.own ?? {}) : {}
  const special = own.choice?.own ?? {}
  const result = schema.safeParse({ ...shared, ...special })
  const places = [general, own].filter((place) => place.choice?.use === name)
  const bare = places.flatMap(({ path }) =>
    bareSecrets(schema, beside(written, path)).map((at) => ({ path: [...path, ...at], what: writeVariable })),
  )
  if (result.success) return { choice: { name, options: result.data }, mistakes: bare }
  const shown = { ...beside(written, general.path), ...beside(written, own.path) }
  const mistakes = mistakesOf(result.error, schema, shown).map(({ path, what }) => {
    const [first = ''] = path
    const home = Object.hasOwn(special, first) ? own : Object.hasOwn(shared, first) ? general : (from ?? own)
    return { path: [...home.path, ...path], what }
  })
  return { choice: { name, options: {} }, mistakes }
}

/** Every plugin of a slot that can be used without a word about it. */
export const freePlugins = (known: Readonly<Record<string, z.ZodType>>): Readonly<Record<string, Choice>> =>
  Object.fromEntries(
    Object.entries(known).flatMap(([name, schema]): readonly (readonly [string, Choice])[] => {
      const result = schema.safeParse({})
      return result.success ? [[name, { name, options: result.data }]] : []
    }),
  )

const writeVariable = `This secret stands in the config itself, where everybody who sees the file can read it. Write \${NAME} here and put the secret into the variable NAME, for example in .env, so that it is kept from agents and logs.`

/** Where a secret stands in the file itself: options that their schema marks with `isSecret`, and those below them. */
const bareSecrets = (schema: z.ZodType, written: object): readonly Path[] => {
  const shape = 'shape' in schema ? (schema.shape as Readonly<Record<string, z.ZodType>>) : {} // an object's schema has one
  const bareIn = (value: unknown, path: Path): readonly Path[] => {
    if (typeof value === 'string') return /^\$\{\w+\}$/.test(value) ? [] : [path]
    return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, part]) => bareIn(part, [...path, key])) : []
  }
  return Object.entries(shape).flatMap(([key, option]) =>
    option.meta()?.isSecret === true && Object.hasOwn(written, key) ? bareIn(Reflect.get(written, key), [key]) : [],
  )
}

const nothing: Choice = { name: '', options: {} }

const beside = (written: unknown, path: Path): object => {
  const value = valueAt(written, path)
  return typeof value === 'object' && value !== null ? value : {}
}
