import { GraphQLError, type GraphQLObjectType, getNamedType, isEnumType } from 'graphql'
import type { Arguments, Fields, Resolve } from './asking.ts'
import { pagingProblem } from './cost.ts'
import { cursorAt, type Page, pageInfo, pageOf } from './paging.ts'

/** How a field of a type is answered. */
export type Plan = { readonly resolve: Resolve<unknown>; readonly finish: (value: unknown, given: Arguments) => unknown }

/**
 * Answers each field from the table of its type. What a table gives is turned into GitHub's form by the field's type: numbers into
 * dates, small letters into names of enums, lists into pages. A field that no table has is a failure of the stand-in, never null.
 */
export const makePlans = (tables: Readonly<Record<string, Fields<never>>>) => {
  const plans = new Map<GraphQLObjectType, Map<string, Plan>>()

  const planOf = (type: GraphQLObjectType, name: string): Plan => {
    let ofType = plans.get(type)
    if (!ofType) {
      ofType = new Map()
      plans.set(type, ofType)
    }
    const known = ofType.get(name)
    if (known) return known
    const made = { resolve: resolveOf(type, name), finish: finishOf(type, name) }
    ofType.set(name, made)
    return made
  }

  const resolveOf = (type: GraphQLObjectType, name: string): Resolve<unknown> => {
    const table = tables[type.name] ?? {}
    const found = Object.hasOwn(table, name) ? table[name] : ofPages(type, name)
    if (found) return found as Resolve<unknown> // a table is only asked for things of its own type
    if (type.name.endsWith('Payload') || type.name === 'PageInfo') return (source) => (source as Record<string, unknown>)[name] ?? null
    throw new Error(`The stand-in for GitHub does not know ${type.name}.${name}.`)
  }

  return planOf
}

const finishOf = (type: GraphQLObjectType, name: string): Plan['finish'] => {
  const field = type.getFields()[name]
  const named = field && getNamedType(field.type)
  if (!named) return (value) => value
  if (named.name.endsWith('Connection')) return (value, given) => (Array.isArray(value) ? paged(name, value, given) : value)
  if (named.name === 'DateTime' || named.name === 'GitTimestamp') return (value) => (typeof value === 'number' ? dateOf(value) : value)
  if (isEnumType(named)) return (value) => (typeof value === 'string' ? value.toUpperCase() : value)
  return (value) => value
}

/** Without milliseconds, as GitHub writes it. */
export const dateOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

const paged = (name: string, all: readonly unknown[], given: Arguments): Page => {
  const problem = pagingProblem(name, given, false) // missing ones were looked for before, in the whole query
  if (problem) throw new GraphQLError(problem.message, { extensions: { type: problem.type } })
  return pageOf(all, given)
}

const pages: Fields<Page> = {
  totalCount: ({ all }) => all.length,
  nodes: ({ items }) => items,
  edges: (page) => page.items.map((node, index) => ({ node, cursor: () => cursorAt(page, index) })),
  pageInfo,
}
const edges: Fields<{ readonly node: unknown; readonly cursor: () => string }> = {
  node: ({ node }) => node,
  cursor: ({ cursor }) => cursor(),
}

const ofPages = ({ name: type }: GraphQLObjectType, name: string): Resolve<never> | undefined => {
  if (type.endsWith('Connection')) return pages[name]
  return type.endsWith('Edge') ? edges[name] : undefined
}
