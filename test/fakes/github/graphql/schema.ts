import { readFileSync } from 'node:fs'
import { buildSchema, GraphQLError, type GraphQLSchema, isScalarType, Kind, type ValueNode } from 'graphql'

let built: GraphQLSchema | null = null

/** GitHub's own public schema, whole, read once a process (about 0.4 s of CPU). */
export const githubSchema = (): GraphQLSchema => {
  built ??= build()
  return built
}

const build = (): GraphQLSchema => {
  // By its place: the package exports only a loader, which reads a second form of it that takes seconds.
  const file = new URL('../../../../node_modules/@octokit/graphql-schema/schema.graphql', import.meta.url)
  // Three quarters of it are descriptions, which nobody asks for here.
  const text = readFileSync(file, 'utf8').replace(/"""[\s\S]*?"""/g, '')
  const schema = buildSchema(text, { assumeValid: true, noLocation: true })
  const oid = schema.getType('GitObjectID')
  if (isScalarType(oid)) {
    oid.parseValue = commitNumber
    oid.parseLiteral = (node: ValueNode) => commitNumber(node.kind === Kind.STRING ? node.value : null)
  }
  return schema
}

/** GitHub takes whole commit numbers only, never short ones or names. */
const commitNumber = (value: unknown): string => {
  if (typeof value === 'string' && /^[0-9a-f]{40}$/.test(value)) return value
  throw new GraphQLError(`Could not coerce value ${JSON.stringify(value)} to GitObjectID`)
}
