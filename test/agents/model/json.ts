/** A JSON value that has been looked at no further. */
export type Json = Readonly<Record<string, unknown>>

export const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The objects of a list; nothing where there is no list. */
export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isJson) : [])

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** All texts of content that is a text, or a list of parts. */
export const textIn = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : listOf(content)
        .map((part) => textOf(part.text) || textOf(part.output) || textIn(part.content))
        .join('\n')

/** Names of the properties of a JSON schema. */
export const propertiesOf = (schema: unknown): readonly string[] =>
  isJson(schema) && isJson(schema.properties) ? Object.keys(schema.properties) : []
