import { type DocumentNode, GraphQLError, parse, specifiedRules, validate } from 'graphql'
import { type AnswerError, refusalsOf } from './refusals.ts'
import { githubSchema } from './schema.ts'

/** A query that was read: a document that the schema takes, or what GitHub says against it. */
export type Read =
  | { readonly document: DocumentNode; readonly errors: null }
  | { readonly document: null; readonly errors: readonly AnswerError[] }

const seen = new Map<string, Read>()

/** Parses and checks a query against GitHub's schema; each text once a process. */
export const readDocument = (text: string): Read => {
  const known = seen.get(text)
  if (known) return known
  if (seen.size >= 500) seen.clear() // queries with numbers written into them would be kept for ever
  const read = readNew(text)
  seen.set(text, read)
  return read
}

const readNew = (text: string): Read => {
  const document = parsed(text)
  if (document instanceof GraphQLError) return { document: null, errors: [unparsable(document)] }
  const schema = githubSchema()
  if (validate(schema, document).length === 0) return { document, errors: null }
  // Once more, rule by rule: GitHub's answer has a code for each, which graphql-js does not tell.
  const errors = specifiedRules.flatMap((rule) => refusalsOf(document, rule.name, validate(schema, document, [rule])))
  return { document: null, errors }
}

const parsed = (text: string): DocumentNode | GraphQLError => {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof GraphQLError) return error
    throw error
  }
}

const unparsable = ({ message, locations }: GraphQLError): AnswerError => {
  const [{ line, column } = { line: 1, column: 1 }] = locations ?? []
  const what = message.replace(/^Syntax Error: /, '').replace(/\.$/, '')
  return { locations: [{ line, column }], message: `Parse error: ${what} at [${line}, ${column}]` }
}
