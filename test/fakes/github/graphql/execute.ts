import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getArgumentValues,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  locatedError,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql'
import type { Arguments, Asking } from './asking.ts'
import { isLeftOut } from './cost.ts'
import type { Plan } from './resolve.ts'

type Question = {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /** With the defaults of the operation. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly asking: Asking
  readonly planOf: (type: GraphQLObjectType, name: string) => Plan
}

type Path = { readonly before: Path | null; readonly key: string | number }
/** Turns what a field was resolved to into what the answer says; a promise where something below is one. `key` is its place in `before`. */
type Complete = (value: unknown, before: Path | null, key: string | number) => unknown
type Spot = { readonly field: FieldNode; readonly isNullable: boolean }
type Step = Spot & { readonly key: string; readonly plan: Plan; readonly given: Arguments; readonly complete: Complete }

/**
 * Executes a valid operation by the rules of GraphQL. The library's own executor asks anew for the arguments and type of each
 * field of each object, which is most of its time; here that is found out once for each type of object in a request.
 *
 * @see https://spec.graphql.org/October2021/#sec-Execution
 */
export const executeOperation = async ({ schema, document, operation, variables, asking, planOf }: Question) => {
  const errors: GraphQLError[] = []
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const part of document.definitions) if (part.kind === Kind.FRAGMENT_DEFINITION) fragments.set(part.name.value, part)

  const isOf = (condition: string | undefined, type: GraphQLObjectType): boolean => {
    if (condition === undefined || condition === type.name) return true
    const wanted = schema.getType(condition)
    return isAbstractType(wanted) && schema.isSubType(wanted, type)
  }
  const gather = (
    selections: readonly SelectionNode[],
    type: GraphQLObjectType,
    into: Map<string, FieldNode[]>,
  ): Map<string, FieldNode[]> => {
    for (const selection of selections) {
      if (isLeftOut(selection, variables)) continue
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value
        into.set(key, [...(into.get(key) ?? []), selection])
        continue
      }
      const part = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
      if (part && isOf(part.typeCondition?.name.value, type)) gather(part.selectionSet.selections, type, into)
    }
    return into
  }

  const stepsOf = (selections: readonly SelectionNode[], type: GraphQLObjectType): readonly Step[] =>
    [...gather(selections, type, new Map())].map(([key, fields]) => {
      const [field] = fields as [FieldNode, ...FieldNode[]] // each is there for at least one
      const known = type.getFields()[field.name.value]
      if (!known) return { key, field, plan: typename(type), given: {}, isNullable: false, complete: (value) => value }
      const below = fields.flatMap(({ selectionSet }) => selectionSet?.selections ?? [])
      const complete = completing(known.type, below, field)
      const given = getArgumentValues(known, field, variables)
      return { key, field, plan: planOf(type, field.name.value), given, isNullable: !isNonNullType(known.type), complete }
    })

  const completing = (type: GraphQLOutputType, below: readonly SelectionNode[], field: FieldNode): Complete => {
    if (isNonNullType(type)) {
      const inner = completing(type.ofType, below, field)
      return (value, before, key) => {
        if (value === null || value === undefined)
          throw new Error(`The stand-in for GitHub gave null for ${field.name.value}, which never is.`)
        return inner(value, before, key)
      }
    }
    if (isListType(type)) {
      const inner = completing(type.ofType, below, field)
      const spot: Spot = { field, isNullable: !isNonNullType(type.ofType) }
      return (value, before, key) => {
        if (value === null || value === undefined) return null
        const path = { before, key }
        const items = (value as readonly unknown[]).map((item, index) => itemOf(inner, spot, item, path, index))
        return items.some(isPromise) ? Promise.all(items) : items
      }
    }
    if (isLeafType(type)) return (value) => (value === null || value === undefined ? null : type.serialize(value))
    const steps = new Map<GraphQLObjectType, readonly Step[]>()
    return (value, before, key) => {
      if (value === null || value === undefined) return null
      const real = isObjectType(type) ? type : schema.getType((value as { readonly kind: string }).kind)
      if (!isObjectType(real)) throw new Error(`The stand-in for GitHub gave something without a type for ${field.name.value}.`)
      let found = steps.get(real)
      if (!found) {
        found = stepsOf(below, real)
        steps.set(real, found)
      }
      return objectOf(found, value, { before, key })
    }
  }

  /** Keeps an error where null may stand for what failed; else what is around it fails. */
  const failed = (cause: unknown, { field, isNullable }: Spot, before: Path | null, key: string | number): null => {
    const error = locatedError(cause, field, keysOf({ before, key }))
    if (!isNullable) throw error
    errors.push(error)
    return null
  }

  // The next two have no functions with names inside: they run thousands of times, and loaders of TypeScript make those slow.
  const itemOf = (complete: Complete, spot: Spot, item: unknown, path: Path, index: number): unknown => {
    try {
      const done = isPromise(item) ? item.then((late) => complete(late, path, index)) : complete(item, path, index)
      if (!isPromise(done)) return done
      const kept = done.catch((cause: unknown) => failed(cause, spot, path, index))
      kept.catch(() => {}) // it is told by `Promise.all`, if no item fails before that is reached
      return kept
    } catch (cause) {
      return failed(cause, spot, path, index)
    }
  }
  const fieldOf = (step: Step, source: unknown, before: Path | null): unknown => {
    const { plan, given, complete, key } = step
    try {
      const value = plan.resolve(source, given, asking)
      const done = isPromise(value)
        ? value.then((late) => complete(plan.finish(late, given), before, key))
        : complete(plan.finish(value, given), before, key)
      return isPromise(done) ? done.catch((cause: unknown) => failed(cause, step, before, key)) : done
    } catch (cause) {
      return failed(cause, step, before, key)
    }
  }

  const objectOf = (steps: readonly Step[], source: unknown, path: Path | null): unknown => {
    const made: Record<string, unknown> = {}
    const late: Promise<unknown>[] = []
    for (const step of steps) {
      const { key } = step
      const value = fieldOf(step, source, path)
      made[key] = value
      if (!isPromise(value)) continue
      const put = value.then((done) => {
        made[key] = done
      })
      put.catch(() => {}) // it is told by `Promise.all` below, if no field fails before that is reached
      late.push(put)
    }
    return late.length > 0 ? Promise.all(late).then(() => made) : made
  }

  const root = schema.getRootType(operation.operation)
  if (!root) throw new Error(`GitHub has no ${operation.operation}.`)
  const steps = stepsOf(operation.selectionSet.selections, root)
  try {
    if (operation.operation === 'query') return { data: await objectOf(steps, {}, null), errors }
    const data: Record<string, unknown> = {}
    // One mutation is done before the next begins.
    for (const step of steps) data[step.key] = await fieldOf(step, {}, null)
    return { data, errors }
  } catch (error) {
    return { data: null, errors: [...errors, error as GraphQLError] } // only such ones get here
  }
}

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise

const typename = ({ name }: GraphQLObjectType): Plan => ({ resolve: () => name, finish: (value) => value })

const keysOf = (path: Path | null): (string | number)[] => {
  const keys: (string | number)[] = []
  for (let at = path; at; at = at.before) keys.unshift(at.key)
  return keys
}
