import type { Embed, File, Row } from './world.ts'

/** A refusal as Discord words it. */
export class ApiError extends Error {
  readonly status: number
  readonly code: number
  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

type Body = Readonly<Record<string, unknown>>
export type Draft = {
  readonly content: string
  readonly embeds: readonly Embed[]
  readonly components: readonly Row[]
  readonly files: readonly Omit<File, 'id'>[]
  readonly flags: number
  /** Whom it pings: people by their id, `everyone`. */
  readonly pings: readonly string[]
}

const invalid = (where: string, why: string) => new ApiError(400, 50035, `Invalid Form Body: ${where}: ${why}`)
const need = (holds: boolean, where: string, why: string): void => {
  if (!holds) throw invalid(where, why)
}
const onlyKeys = (body: Body, known: readonly string[], where: string): void => {
  for (const key of Object.keys(body)) need(known.includes(key), `${where}.${key}`, 'unknown field')
}
const text = (value: unknown, where: string, least: number, most: number): string => {
  need(typeof value === 'string' && value.length >= least && value.length <= most, where, `must be ${least} to ${most} in length`)
  return value as string
}
export const objectOf = (value: unknown, where = 'body'): Body => {
  need(typeof value === 'object' && value !== null && !Array.isArray(value), where, 'must be an object')
  return value as Body
}
const listOf = (value: unknown, where: string, most: number): readonly Body[] => {
  need(Array.isArray(value) && value.length <= most, where, `must be a list of at most ${most}`)
  return (value as readonly unknown[]).map((item, index) => objectOf(item, `${where}[${index}]`))
}

const fileBytes = 10 * 1024 * 1024
const requestBytes = 25 * 1024 * 1024

/** A message within every documented limit, or the refusal that Discord gives. */
export const checkMessage = (
  body: Body,
  uploads: ReadonlyMap<string, { readonly name: string; readonly data: Buffer }>,
  extra: readonly string[],
  allowedFlags: number,
): Draft => {
  onlyKeys(body, ['content', 'embeds', 'components', 'attachments', 'allowed_mentions', 'flags', ...extra], 'message')
  const content = body.content === undefined || body.content === null ? '' : text(body.content, 'content', 0, 2_000)
  const flags = Number(body.flags ?? 0)
  need((flags & ~allowedFlags) === 0, 'flags', `${flags} cannot be set`)
  const files = checkFiles(body, uploads)
  const embeds = listOf(body.embeds ?? [], 'embeds', 10).map((embed, index) => checkEmbed(embed, `embeds[${index}]`, files))
  const total = embeds.reduce((sum, { title = '', description = '' }) => sum + title.length + description.length, 0)
  need(total <= 6_000, 'embeds', 'Embed size exceeds maximum size of 6000')
  const components = checkRows(body.components ?? [])
  const pings = checkPings(content, body.allowed_mentions)
  if (content.trim() === '' && embeds.length === 0 && files.length === 0) throw new ApiError(400, 50006, 'Cannot send an empty message')
  return { content: content.trim(), embeds, components, files, flags, pings }
}

/** Whom a text pings: whoever stands in it as a mention and is allowed, https://docs.discord.com/developers/resources/message#allowed-mentions-object */
const checkPings = (content: string, given: unknown): readonly string[] => {
  const named = [...new Set([...content.matchAll(/<@!?(\d+)>/g)].map(([, id]) => String(id)))]
  const all = /(?<!\\)@(?:everyone|here)/.test(content) ? ['everyone'] : []
  if (given === undefined) return [...named, ...all]
  const allowed = objectOf(given, 'allowed_mentions')
  onlyKeys(allowed, ['parse', 'roles', 'users', 'replied_user'], 'allowed_mentions')
  const listed = (key: 'parse' | 'users' | 'roles'): readonly string[] => {
    const list = allowed[key] ?? []
    need(
      Array.isArray(list) && list.length <= 100 && list.every((one) => typeof one === 'string'),
      `allowed_mentions.${key}`,
      'at most 100',
    )
    return list as readonly string[] // just looked at
  }
  const [parse, users] = [listed('parse'), listed('users')]
  for (const kind of parse) need(['roles', 'users', 'everyone'].includes(kind), 'allowed_mentions.parse', `unknown ${kind}`)
  for (const id of [...users, ...listed('roles')]) need(/^\d{15,22}$/.test(id), 'allowed_mentions', `${id} is no snowflake`)
  need(new Set(users).size === users.length, 'allowed_mentions.users', 'an id stands twice')
  need(users.length === 0 || !parse.includes('users'), 'allowed_mentions', 'parse:["users"] and users: [ids...] are mutually exclusive')
  return [...named.filter((id) => parse.includes('users') || users.includes(id)), ...(parse.includes('everyone') ? all : [])]
}

const checkFiles = (
  body: Body,
  uploads: ReadonlyMap<string, { readonly name: string; readonly data: Buffer }>,
): readonly Omit<File, 'id'>[] => {
  const bytes = [...uploads.values()].map(({ data }) => data.length)
  if (bytes.some((size) => size > fileBytes) || bytes.reduce((all, size) => all + size, 0) > requestBytes)
    throw new ApiError(413, 40005, 'Request entity too large')
  need(uploads.size <= 10, 'files', 'at most 10')
  const listed = listOf(body.attachments ?? [], 'attachments', 10)
  need(listed.length === uploads.size, 'attachments', 'must list every file')
  return listed.map((one, index) => {
    onlyKeys(one, ['id', 'filename', 'description'], `attachments[${index}]`)
    const upload = uploads.get(`files[${one.id}]`)
    if (!upload) throw invalid(`attachments[${index}].id`, `there is no files[${one.id}]`)
    need(one.filename === undefined || one.filename === upload.name, `attachments[${index}].filename`, 'differs from the file')
    const description = one.description === undefined ? undefined : text(one.description, 'description', 0, 1_024)
    return { filename: upload.name, data: upload.data, ...(description !== undefined && { description }) }
  })
}

const checkEmbed = (embed: Body, where: string, files: readonly Omit<File, 'id'>[]): Embed => {
  onlyKeys(embed, ['title', 'description', 'url', 'color', 'image'], where)
  if (embed.description !== undefined) text(embed.description, `${where}.description`, 1, 4_096)
  if (embed.title !== undefined) text(embed.title, `${where}.title`, 1, 256)
  if (embed.url !== undefined) need(/^https?:\/\/[^\s/]+\.[^\s]+$/.test(String(embed.url)), `${where}.url`, 'Not a well formed URL')
  if (embed.color !== undefined)
    need(Number.isInteger(embed.color) && Number(embed.color) >= 0 && Number(embed.color) <= 0xffffff, `${where}.color`, 'no colour')
  if (embed.image !== undefined) {
    const url = String(objectOf(embed.image).url)
    need(
      url.startsWith('attachment://') && files.some(({ filename }) => url === `attachment://${filename}`),
      `${where}.image`,
      `${url} was not uploaded`,
    )
  }
  need(embed.description !== undefined || embed.title !== undefined || embed.image !== undefined, where, 'This field is required')
  return embed as Embed
}

const checkRows = (value: unknown): readonly Row[] => {
  const customIds = new Set<string>()
  const ids = new Set<number>()
  const rows = listOf(value, 'components', 5)
  rows.forEach((row, index) => {
    const where = `components[${index}]`
    onlyKeys(row, ['type', 'id', 'components'], where)
    need(row.type === 1, where, 'must be an action row')
    if (row.id !== undefined) {
      need(
        Number.isInteger(row.id) && Number(row.id) > 0 && Number(row.id) <= 0x7fff_ffff && !ids.has(Number(row.id)),
        `${where}.id`,
        'must be a unique 32 bit integer',
      )
      ids.add(Number(row.id))
    }
    const parts = listOf(row.components, `${where}.components`, 5)
    need(parts.length > 0 && (parts.length === 1 || parts.every(({ type }) => type === 2)), where, 'one select, or 1 to 5 buttons')
    for (const part of parts) {
      const id = text(part.custom_id, `${where}.custom_id`, 1, 100)
      need(!customIds.has(id), `${where}.custom_id`, 'Component custom id cannot be duplicated')
      customIds.add(id)
      if (part.type === 2) checkButton(part, where)
      else if (part.type === 3) checkSelect(part, where)
      else throw invalid(where, `unknown type ${part.type}`)
    }
  })
  return rows as unknown as readonly Row[] // every row was looked at above
}

const checkButton = (button: Body, where: string): void => {
  onlyKeys(button, ['type', 'style', 'label', 'custom_id', 'disabled', 'id'], where)
  need([1, 2, 3, 4].includes(Number(button.style)), `${where}.style`, 'unknown style')
  need(text(button.label, `${where}.label`, 1, 80).trim() !== '', `${where}.label`, 'is blank')
}

const checkSelect = (select: Body, where: string): void => {
  onlyKeys(select, ['type', 'custom_id', 'placeholder', 'options', 'id'], where)
  if (select.placeholder !== undefined) text(select.placeholder, `${where}.placeholder`, 0, 150)
  const options = listOf(select.options, `${where}.options`, 25)
  need(options.length > 0, `${where}.options`, '1 to 25')
  for (const { label, value } of options)
    need(text(label, `${where}.label`, 1, 100) !== '' && text(value, `${where}.value`, 1, 100) !== '', where, 'is blank')
  need(new Set(options.map(({ value: each }) => each)).size === options.length, where, 'The specified option value is already used')
}

/** A form that Discord would open. */
export const checkModal = (data: Body): void => {
  onlyKeys(data, ['custom_id', 'title', 'components'], 'modal')
  text(data.custom_id, 'custom_id', 1, 100)
  text(data.title, 'title', 1, 45)
  const rows = listOf(data.components, 'components', 5)
  need(rows.length > 0, 'components', '1 to 5')
  for (const row of rows) {
    const [input, ...more] = listOf(row.components, 'components', 1)
    if (!input || more.length > 0) throw invalid('components', 'one text input a row')
    onlyKeys(input, ['type', 'custom_id', 'style', 'label', 'required', 'min_length', 'max_length', 'placeholder', 'value'], 'input')
    need(input.type === 4 && [1, 2].includes(Number(input.style)), 'input', 'no text input')
    text(input.custom_id, 'input.custom_id', 1, 100)
    text(input.label, 'input.label', 1, 45)
    if (input.max_length !== undefined)
      need(Number(input.max_length) >= 1 && Number(input.max_length) <= 4_000, 'input.max_length', '1 to 4000')
  }
}

export const checkChoices = (data: Body): readonly string[] =>
  listOf(data.choices, 'choices', 25).map(({ name, value }) => {
    text(name, 'choice.name', 1, 100)
    return text(value, 'choice.value', 0, 100)
  })

/** The commands of an application: within the limits, names in small letters. */
export const checkCommands = (body: unknown): readonly Body[] => {
  const commands = listOf(body, 'commands', 100)
  for (const command of commands) {
    onlyKeys(command, ['name', 'type', 'description', 'options'], 'command')
    need(/^[\p{Ll}\p{N}_-]{1,32}$/u.test(String(command.name)), 'command.name', 'is no name')
    text(command.description, 'command.description', 1, 100)
    for (const option of listOf(command.options ?? [], 'options', 25)) {
      onlyKeys(option, ['type', 'name', 'description', 'required', 'autocomplete'], 'option')
      need(/^[\p{Ll}\p{N}_-]{1,32}$/u.test(String(option.name)), 'option.name', 'is no name')
      text(option.description, 'option.description', 1, 100)
    }
  }
  return commands
}
