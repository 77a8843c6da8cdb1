import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  valueFromASTUntyped,
} from 'graphql'

/** What GitHub refuses of a connection; `path` is that of the answer without the numbers of list items. */
export type PagingProblem = {
  readonly type: 'MISSING_PAGINATION_BOUNDARIES' | 'EXCESSIVE_PAGINATION' | 'INVALID_PAGINATION'
  readonly message: string
  readonly path: readonly string[]
  readonly field: FieldNode
}

/** `requests`: those that are needed to fulfil the call when every list is full. `points`: what it costs. `nodes`: how many it may give. */
export type Cost = {
  readonly requests: number
  readonly points: number
  readonly nodes: number
  readonly problems: readonly PagingProblem[]
}

type Question = {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /** With the defaults of the operation. */
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * The points of GitHub's published formula: the requests needed to fulfil each unique connection, every one taken to reach its
 * `first` or `last`, divided by a hundred, rounded, at least one. A connection that is only counted is one request too.
 * `nodes(ids:)` is no connection, but what stands below it is fulfilled once for each id.
 *
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export const costOf = ({ schema, document, operation, variables }: Question): Cost => {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const part of document.definitions) if (part.kind === Kind.FRAGMENT_DEFINITION) fragments.set(part.name.value, part)
  const problems: PagingProblem[] = []
  let requests = 0
  let nodes = 0

  /** The fields of an object by the type they are asked of and the name they have in the answer: each is fulfilled once. */
  const gather = (selections: readonly SelectionNode[], on: GraphQLCompositeType, into: Map<string, Asked>): Map<string, Asked> => {
    for (const selection of selections) {
      if (isLeftOut(selection, variables)) continue
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value
        const known = into.get(`${on.name} ${key}`)
        if (known) known.fields.push(selection)
        else into.set(`${on.name} ${key}`, { key, on, fields: [selection] })
        continue
      }
      const part = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
      const type = part?.typeCondition ? schema.getType(part.typeCondition.name.value) : on
      if (part && isCompositeType(type)) gather(part.selectionSet.selections, type, into)
    }
    return into
  }

  const walk = (selections: readonly SelectionNode[], on: GraphQLCompositeType, times: number, path: readonly string[]): void => {
    for (const { key, on: owner, fields } of gather(selections, on, new Map()).values()) {
      const [field] = fields
      const known = isObjectType(owner) || isInterfaceType(owner) ? owner.getFields()[field?.name.value ?? ''] : undefined
      const type = known && getNamedType(known.type)
      if (!field || !isCompositeType(type)) continue
      const given = argumentsOf(field, variables)
      const here = [...path, key]
      const below = fields.flatMap(({ selectionSet }) => selectionSet?.selections ?? [])
      let each = times
      if (type.name.endsWith('Connection')) {
        const problem = pagingProblem(field.name.value, given, isListed(gather(below, type, new Map())))
        if (problem) problems.push({ ...problem, path: here, field })
        each = times * Number(given.first ?? given.last ?? 0)
        requests += times
        nodes += each
      } else if (field.name.value === 'nodes' && Array.isArray(given.ids)) each = times * given.ids.length
      walk(below, type, each, here)
    }
  }

  const root = schema.getRootType(operation.operation)
  if (root) walk(operation.selectionSet.selections, root, 1, [])
  return { requests, nodes, problems, points: Math.max(1, Math.round(requests / 100)) }
}

/** Is it left out by `@skip` or `@include`? */
export const isLeftOut = ({ directives = [] }: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean =>
  directives.some(({ name, arguments: given = [] }) => {
    const condition = given[0] && valueFromASTUntyped(given[0].value, variables)
    return (name.value === 'skip' && condition === true) || (name.value === 'include' && condition === false)
  })

type Asked = { readonly key: string; readonly on: GraphQLCompositeType; readonly fields: FieldNode[] }

const isListed = (asked: Map<string, Asked>): boolean =>
  [...asked.values()].some(({ fields }) => ['nodes', 'edges', 'pageInfo'].includes(fields[0]?.name.value ?? ''))

const argumentsOf = (field: FieldNode, variables: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries((field.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value, variables)]))

/** GitHub wants `first` or `last`, from 0 to 100, of every connection whose items are asked for. */
export const pagingProblem = (
  field: string,
  { first, last }: Readonly<Record<string, unknown>>,
  hasItems: boolean,
): Pick<PagingProblem, 'type' | 'message'> | null => {
  for (const [name, size] of [
    ['first', first],
    ['last', last],
  ] as const) {
    if (typeof size !== 'number') continue
    if (size > 100)
      return {
        type: 'EXCESSIVE_PAGINATION',
        message: `Requesting ${size} records on the \`${field}\` connection exceeds the \`${name}\` limit of 100 records.`,
      }
    if (size < 0) return { type: 'INVALID_PAGINATION', message: `\`${name}\` on the \`${field}\` connection cannot be less than zero.` }
  }
  if (!hasItems || typeof first === 'number' || typeof last === 'number') return null
  return {
    type: 'MISSING_PAGINATION_BOUNDARIES',
    message: `You must provide a \`first\` or \`last\` value to properly paginate the \`${field}\` connection.`,
  }
}
