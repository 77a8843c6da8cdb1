import { type ASTNode, type DocumentNode, type GraphQLError, getLocation, Kind, visit } from 'graphql'

/** An error as GitHub writes it. Those of a query that is wrong in itself have `extensions.code`, those of its execution `type`. */
export type AnswerError = {
  readonly type?: string
  readonly path?: readonly (string | number)[]
  readonly extensions?: Readonly<Record<string, unknown>>
  readonly locations?: readonly { readonly line: number; readonly column: number }[]
  readonly message: string
}

type Refusal = { readonly message: string; readonly extensions: Readonly<Record<string, unknown>>; readonly last?: string | undefined }
type Words = readonly (string | undefined)[]
type Rule = { readonly reads: RegExp; readonly says: (words: Words, place: Place) => Refusal }
/** Where an error stands: the operation's name as GitHub has it (`query`, `query Looks`), and the names of field and argument around it. */
type Place = { readonly operation: string; readonly field: string; readonly argument: string }

/** How GitHub words what graphql-js found, by its rule. Words that are not known go out as they are, under the code `invalid`. */
const rules: Readonly<Record<string, readonly Rule[]>> = {
  FieldsOnCorrectTypeRule: [
    {
      reads: /^Cannot query field "(.+?)" on type "(.+?)"/,
      says: ([fieldName, typeName]) => ({
        message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
        extensions: { code: 'undefinedField', typeName, fieldName },
      }),
    },
  ],
  KnownArgumentNamesRule: [
    {
      reads: /^Unknown argument "(.+?)" on field "(?:.+?)\.(.+?)"/,
      says: ([argumentName, name]) => ({
        message: `Field '${name}' doesn't accept argument '${argumentName}'`,
        extensions: { code: 'argumentNotAccepted', name, typeName: 'Field', argumentName },
        last: argumentName,
      }),
    },
  ],
  ProvidedRequiredArgumentsRule: [
    {
      reads: /^Field "(.+?)" argument "(.+?)" of type/,
      says: ([name, missing]) => ({
        message: `Field '${name}' is missing required arguments: ${missing}`,
        extensions: { code: 'missingRequiredArguments', className: 'Field', name, arguments: missing },
      }),
    },
  ],
  ScalarLeafsRule: [
    {
      reads: /^Field "(.+?)" of type "(.+?)" must have a selection/,
      says: ([name, type]) => ({
        message: `Field must have selections (field '${name}' returns ${bare(type)} but has no selections. Did you mean '${name} { ... }'?)`,
        extensions: { code: 'selectionMismatch', nodeName: `field '${name}'`, typeName: bare(type) },
      }),
    },
    {
      reads: /^Field "(.+?)" must not have a selection since type "(.+?)"/,
      says: ([name, type]) => ({
        message: `Selections can't be made on scalars (field '${name}' returns ${bare(type)} but has selections)`,
        extensions: { code: 'selectionMismatch', nodeName: `field '${name}'`, typeName: bare(type) },
      }),
    },
  ],
  NoUndefinedVariablesRule: [
    {
      reads: /^Variable "\$(.+?)" is not defined/,
      says: ([variableName], { operation }) => ({
        message: `Variable $${variableName} is used by ${operation} but not declared`,
        extensions: { code: 'variableNotDefined', variableName },
      }),
    },
  ],
  NoUnusedVariablesRule: [
    {
      reads: /^Variable "\$(.+?)" is never used/,
      says: ([variableName], { operation }) => ({
        message: `Variable $${variableName} is declared by ${operation} but not used`,
        extensions: { code: 'variableNotUsed', variableName },
      }),
    },
  ],
  VariablesInAllowedPositionRule: [
    {
      reads: /^Variable "\$(.+?)" of type "(.+?)" used in position expecting type "(.+?)"/,
      says: ([variableName, typeName, expected], { argument }) => {
        const errorMessage = bare(typeName) === bare(expected) ? 'Nullability mismatch' : 'Type mismatch'
        return {
          message: `${errorMessage} on variable $${variableName} and argument ${argument} (${typeName} / ${expected})`,
          extensions: { code: 'variableMismatch', variableName, typeName, argumentName: argument, errorMessage },
          last: argument,
        }
      },
    },
  ],
  ValuesOfCorrectTypeRule: [
    {
      reads: /^Field "(.+?)\.(.+?)" of required type "(.+?)" was not provided/,
      says: ([inputObjectType, argumentName, argumentType]) => ({
        message: `Argument '${argumentName}' on InputObject '${inputObjectType}' is required. Expected type ${argumentType}`,
        extensions: { code: 'missingRequiredInputObjectAttribute', argumentName, argumentType, inputObjectType },
        last: argumentName,
      }),
    },
    {
      reads: /^Field "(.+?)" is not defined by type "(.+?)"/,
      says: ([argumentName, name]) => ({
        message: `InputObject '${name}' doesn't accept argument '${argumentName}'`,
        extensions: { code: 'argumentNotAccepted', name, typeName: 'InputObject', argumentName },
        last: argumentName,
      }),
    },
    {
      reads: /^(.+)$/s,
      says: ([what], { argument, field }) => ({
        message: `Argument '${argument}' on Field '${field}' has an invalid value. ${what}`,
        extensions: { code: 'argumentLiteralsIncompatible', typeName: 'Field', argumentName: argument },
        last: argument,
      }),
    },
  ],
  KnownFragmentNamesRule: [
    {
      reads: /^Unknown fragment "(.+?)"/,
      says: ([fragmentName]) => ({
        message: `Fragment ${fragmentName} was used, but not defined`,
        extensions: { code: 'useAndDefineFragment', fragmentName },
      }),
    },
  ],
  NoUnusedFragmentsRule: [
    {
      reads: /^Fragment "(.+?)" is never used/,
      says: ([fragmentName]) => ({
        message: `Fragment ${fragmentName} was defined, but not used`,
        extensions: { code: 'useAndDefineFragment', fragmentName },
      }),
    },
  ],
  KnownTypeNamesRule: [
    {
      reads: /^Unknown type "(.+?)"/,
      says: ([typeName]) => ({
        message: `No such type ${typeName}, so it can't be a fragment condition`,
        extensions: { code: 'undefinedType', typeName },
      }),
    },
  ],
}

const bare = (type: string | undefined): string => (type ?? '').replace(/[[\]!]/g, '')

/** What GitHub answers to a query in which a rule of graphql-js was broken; an object that lacks several arguments is one error. */
export const refusalsOf = (document: DocumentNode, rule: string, found: readonly GraphQLError[]): AnswerError[] => {
  if (found.length === 0) return []
  const places = placesOf(document)
  const answers: AnswerError[] = []
  for (const error of found) {
    const node = error.nodes?.at(-1)
    const { path, ...place } = (node && places.get(node)) ?? nowhere
    const { message, extensions, last } = worded(rule, error.message, place)
    const before = answers.at(-1)
    const isSameField = before?.extensions?.code === 'missingRequiredArguments' && String(before.path) === String(path)
    if (isSameField && extensions.code === 'missingRequiredArguments') {
      const missing = `${before.extensions?.arguments}, ${extensions.arguments}`
      const said = `Field '${extensions.name}' is missing required arguments: ${missing}`
      answers[answers.length - 1] = { ...before, extensions: { ...extensions, arguments: missing }, message: said }
      continue
    }
    const begins = node?.loc && getLocation(node.loc.source, node.loc.start)
    answers.push({
      path: last === undefined || path.at(-1) === last ? path : [...path, last],
      extensions,
      locations: begins ? [{ line: begins.line, column: begins.column }] : [],
      message,
    })
  }
  return answers
}

const worded = (rule: string, message: string, place: Place): Refusal => {
  for (const { reads, says } of rules[rule] ?? []) {
    const match = reads.exec(message)
    if (match) return says(match.slice(1), place)
  }
  return { message, extensions: { code: 'invalid', rule: rule.replace(/Rule$/, '') } }
}

type Spot = Place & { readonly path: readonly string[] }
const nowhere: Spot = { path: [], operation: 'anonymous query', field: '', argument: '' }

/** GitHub's path to each node: the operation or fragment, then the fields, fragments and arguments down to it. */
const placesOf = (document: DocumentNode): Map<ASTNode, Spot> => {
  const places = new Map<ASTNode, Spot>()
  const stack: Spot[] = [nowhere]
  visit(document, {
    enter: (node) => {
      const above = stack.at(-1) ?? nowhere
      const spot = spotOf(node, above)
      places.set(node, spot)
      stack.push(spot)
    },
    leave: () => {
      stack.pop()
    },
  })
  return places
}

const spotOf = (node: ASTNode, above: Spot): Spot => {
  const step = (name: string): Spot => ({ ...above, path: [...above.path, name] })
  if (node.kind === Kind.OPERATION_DEFINITION)
    return {
      ...step([node.operation, node.name?.value].filter(Boolean).join(' ')),
      operation: node.name?.value ?? `anonymous ${node.operation}`,
    }
  if (node.kind === Kind.FRAGMENT_DEFINITION) return step(`fragment ${node.name.value}`)
  if (node.kind === Kind.INLINE_FRAGMENT) return step(`... on ${node.typeCondition?.name.value ?? ''}`.trim())
  if (node.kind === Kind.FIELD) return { ...step((node.alias ?? node.name).value), field: node.name.value }
  if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) return { ...step(node.name.value), argument: node.name.value }
  return above
}
