import { GraphQLError, getVariableValues, Kind, type OperationDefinitionNode, print } from 'graphql'
import type { Viewer, World } from '../state.ts'
import { type Asking, isRefusal, typeOf } from './asking.ts'
import { type Cost, costOf, type PagingProblem } from './cost.ts'
import { readDocument } from './documents.ts'
import { executeOperation } from './execute.ts'
import { mutations } from './mutations.ts'
import type { AnswerError } from './refusals.ts'
import { makePlans } from './resolve.ts'
import { githubSchema } from './schema.ts'
import { tables } from './tables.ts'

export type GraphqlBody = {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>> | null
  readonly operationName?: string | null
}
/** `cost`: the points that the server takes off the token's `graphql` budget, of which `rateLimit` in the body speaks already. */
export type GraphqlAnswer = { readonly status: number; readonly body: unknown; readonly cost: number }

const maximumNodes = 500_000
const planOf = makePlans({ ...tables, Mutation: mutations })

/**
 * Answers one request to GitHub's GraphQL API, with its own schema, its limits and its points. What GitHub refuses is refused in
 * its words, with status 200. What the schema has and the stand-in does not is no answer but a rejection: a fake that said null
 * would be believed.
 *
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export const executeGraphql = async (world: World, viewer: Viewer, body: GraphqlBody): Promise<GraphqlAnswer> => {
  const left = world.budget(viewer.token, 'graphql')
  if (left.remaining <= 0) return refused([{ type: 'RATE_LIMITED', message: `API rate limit exceeded for ${holderOf(viewer)}.` }], 0)
  if (typeof body.query !== 'string' || body.query === '')
    return refused([{ message: 'A query attribute must be specified and must be a string.' }])
  const read = readDocument(body.query)
  if (read.errors) return refused(read.errors)
  const { document } = read
  const schema = githubSchema()
  const operations = document.definitions.filter((part): part is OperationDefinitionNode => part.kind === Kind.OPERATION_DEFINITION)
  const operation = operations.find(({ name }) => !body.operationName || name?.value === body.operationName)
  if (!operation || (operations.length > 1 && !body.operationName)) return refused([{ message: 'An operation name is required' }])

  const { coerced, errors: unfit } = getVariableValues(schema, operation.variableDefinitions ?? [], body.variables ?? {})
  if (unfit) return refused(unfit.map((error) => wrongVariable(error, operation)))
  const cost = costOf({ schema, document, operation, variables: coerced })
  if (cost.nodes > maximumNodes) return refused([tooMany(cost.nodes)])
  const isMutation = operation.operation === 'mutation'
  if (cost.problems.length > 0 && !isMutation) return refused(cost.problems.map(unpaged), cost.points)

  const used = left.used + cost.points
  const budget = { ...left, used, remaining: Math.max(0, left.limit - used) }
  const asking: Asking = { world, viewer, cost, budget, merges: new Map() }
  const { data, errors } = await executeOperation({ schema, document, operation, variables: coerced, asking, planOf })
  for (const error of errors) throwOurs(error)
  const said = [...errors.map(answerOf), ...(isMutation ? cost.problems.map(unpaged) : [])]
  return {
    status: 200,
    cost: cost.points,
    body: { data: isMutation ? withoutUnpaged(data, cost) : data, ...(said.length > 0 && { errors: said }) },
  }
}

const holderOf = ({ account, token: { installation } }: Viewer): string =>
  installation ? `installation ID ${installation.id}` : `user ID ${account.id}`

const refused = (errors: readonly AnswerError[], cost = 1): GraphqlAnswer => ({ status: 200, body: { errors }, cost })

const tooMany = (nodes: number): AnswerError => ({
  type: 'MAX_NODE_LIMIT_EXCEEDED',
  message: `This query requests up to ${nodes.toLocaleString('en-US')} possible nodes which exceeds the maximum limit of ${maximumNodes.toLocaleString('en-US')}.`,
})

const unpaged = ({ type, path, field, message }: PagingProblem): AnswerError => {
  const { line = 1, column = 1 } = field.loc?.startToken ?? {}
  return { type, path, locations: [{ line, column }], message }
}

/** GitHub does what a mutation says before it finds that its answer cannot be paged, and then gives nothing of that answer. */
const withoutUnpaged = (data: unknown, { problems }: Cost): unknown =>
  data && problems.length > 0 ? { ...data, ...Object.fromEntries(problems.map(({ path }) => [path[0], null])) } : data

/** A failure that is not worded as GitHub's is one of the stand-in. */
const throwOurs = (error: GraphQLError): void => {
  const { originalError } = error
  if (originalError && !isRefusal(originalError) && !(originalError instanceof GraphQLError)) throw originalError
}

const answerOf = ({ message, path = [], locations, originalError, extensions }: GraphQLError): AnswerError => {
  const type = isRefusal(originalError) ? typeOf(originalError) : String(extensions.type ?? 'INTERNAL')
  return { type, path, locations: locations ?? [], message }
}

const wrongVariable = ({ message, locations }: GraphQLError, { variableDefinitions = [] }: OperationDefinitionNode): AnswerError => {
  const [, name = ''] = /^Variable "\$(\w+)"/.exec(message) ?? []
  const definition = variableDefinitions.find(({ variable }) => variable.name.value === name)
  const explanation =
    message.includes('was not provided') || message.includes('must not be null') ? 'Expected value to not be null' : message
  return {
    extensions: { value: null, problems: [{ path: [], explanation }] },
    locations: locations ?? [],
    message: `Variable $${name} of type ${definition ? print(definition.type) : '?'} was provided invalid value`,
  }
}
