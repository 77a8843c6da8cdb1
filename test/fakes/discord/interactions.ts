import { ApiError, checkChoices, checkMessage, checkModal, type Draft, objectOf } from './check.ts'
import { type Channel, channelJson, type Message, messageJson, type User, type World } from './world.ts'

type Uploads = ReadonlyMap<string, { readonly name: string; readonly data: Buffer }>
type Data = Readonly<Record<string, unknown>>

/** Something a person did that wants an answer within three seconds. */
export type Interaction = {
  readonly id: string
  readonly token: string
  readonly type: number
  readonly user: User
  readonly message: Message | null
  readonly at: number
  answer: { readonly type: number; readonly data: Data } | null
  /** What only that person sees: the first answer, and what follows. */
  readonly whispers: { readonly id: string; readonly isOriginal: boolean; draft: Draft | null }[]
  readonly answered: Promise<{ readonly type: number; readonly data: Data }>
  readonly settle: (answer: { readonly type: number; readonly data: Data }) => void
}

const answerMs = 3_000
const tokenMs = 15 * 60_000
const ephemeral = 1 << 6
const allowedAnswers: Readonly<Record<number, readonly number[]>> = { 2: [4, 5, 9], 3: [4, 5, 6, 7, 9], 4: [8], 5: [4, 5, 6, 7] }

/** The interactions of a server: made by people, answered by the bot with their tokens. */
export const makeInteractions = (world: World, now: () => number, cdn: () => string) => {
  const all: Interaction[] = []
  let isNextTooLate = false
  const find = (match: (one: Interaction) => boolean): Interaction | undefined => all.find(match)

  return {
    all,
    /** Makes one, with the event that tells of it. */
    begin: (type: number, user: User, channel: Channel, message: Message | null, data: Data) => {
      let settle: Interaction['settle'] = () => {}
      const answered = new Promise<{ type: number; data: Data }>((resolve) => (settle = resolve))
      const id = world.snowflake()
      const at = isNextTooLate ? now() - answerMs - 1 : now()
      isNextTooLate = false
      const one: Interaction = { id, token: `itoken-${id}`, type, user, message, at, answer: null, whispers: [], answered, settle }
      all.push(one)
      const event = {
        id,
        application_id: world.application,
        type,
        token: one.token,
        version: 1,
        channel_id: channel.id,
        channel: channelJson(channel),
        data,
        entitlements: [],
        attachment_size_limit: 10_485_760,
        ...(channel.guild_id === null ? { user } : { guild_id: channel.guild_id, member: { user, roles: [], permissions: '0' } }),
        ...(message && { message: messageJson(message, cdn()) }),
      }
      return { one, event }
    },

    /** The next one is over before the bot has answered it. */
    endsEarly: (): void => {
      isNextTooLate = true
    },

    /** The first answer. */
    callback: (id: string, token: string, body: Data): void => {
      const one = find((each) => each.id === id && each.token === token)
      if (!one || now() - one.at > answerMs) {
        one?.settle({ type: 0, data: {} }) // people see "This interaction failed"
        throw new ApiError(404, 10062, 'Unknown interaction')
      }
      if (one.answer) throw new ApiError(400, 40060, 'Interaction has already been acknowledged.')
      const type = Number(body.type)
      if (!allowedAnswers[one.type]?.includes(type))
        throw new ApiError(400, 50035, `Invalid Form Body: type: ${type} is no answer to ${one.type}`)
      const data = body.data === undefined ? {} : objectOf(body.data, 'data')
      if (type === 4)
        one.whispers.push({ id: world.snowflake(), isOriginal: true, draft: checkMessage(data, new Map(), [], ephemeral | 4) })
      if (type === 5) one.whispers.push({ id: world.snowflake(), isOriginal: true, draft: null })
      if (type === 8) checkChoices(data)
      if (type === 9) checkModal(data)
      one.answer = { type, data }
      one.settle(one.answer)
    },

    /** What follows by the token, for fifteen minutes. */
    follow: (method: string, app: string, token: string, isOriginal: boolean, body: Data, uploads: Uploads): unknown => {
      const one = find((each) => each.token === token)
      if (!one || app !== world.application || !one.answer) throw new ApiError(404, 10015, 'Unknown Webhook')
      if (now() - one.at > tokenMs) throw new ApiError(401, 50027, 'Invalid Webhook Token')
      if (method === 'POST' && !isOriginal) {
        const draft = checkMessage(body, uploads, [], ephemeral | 4)
        if ((draft.flags & ephemeral) === 0) throw new ApiError(400, 50035, 'this stand-in expects answers for one person alone')
        one.whispers.push({ id: world.snowflake(), isOriginal: false, draft })
        return { id: one.whispers.at(-1)?.id, channel_id: one.message?.channel_id ?? '' }
      }
      const original = one.whispers.find((whisper) => whisper.isOriginal)
      if (!isOriginal || !original) throw new ApiError(404, 10008, 'Unknown Message')
      if (method === 'DELETE') {
        one.whispers.splice(one.whispers.indexOf(original), 1)
        return null
      }
      original.draft = checkMessage(body, uploads, [], 4)
      return { id: original.id }
    },
  }
}
