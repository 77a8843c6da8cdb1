import { buttonsOf } from './show.ts'
import { asSlack, bot, type Channel, emptyChannel, type Message, type Store, type StoredFile, team } from './store.ts'
import type { Envelope } from './wires.ts'

/** Where in the fake: `thread` null is the top of the channel. */
export type Spot = { readonly channel: string; readonly thread: string | null }
/** What came of it: the message's time stamp, and a promise that resolves once the app has acknowledged all of it. */
export type Done = { readonly ts: string; readonly delivered: Promise<void> }
export type Sent = { readonly name: string; readonly bytes: Uint8Array; readonly isVoice?: boolean }

/** Somebody in the workspace (or, with another team, of a connected one). */
export type SlackPerson = {
  readonly id: string
  /** Says it; Slack's own markup of mentions (`<@U1>`) is taken as such, all else is escaped as Slack does. `deliveries`: how often it arrives, as after lost acknowledgements. */
  says(text: string, spot: Spot, more?: { readonly deliveries?: number; readonly files?: readonly Sent[] }): Done
  /** Says it to the bot, by name. */
  mentions(text: string, spot: Spot): Done
  /** `/ao …`. Rejects as people see it when the app does not answer in time. */
  commands(text: string, channel: string): Promise<void>
  /** Presses the latest button of that label there, or in a message shown only to them. */
  presses(label: string, spot: Spot, more?: { readonly team?: string }): Promise<void>
  /** Fills in the form that is open and sends it. */
  fills(text: string): Promise<void>
  edits(ts: string, text: string, channel: string): Done
  deletes(ts: string, channel: string): Done
  /** Puts a sign on a message; `deliveries`: how often it arrives. */
  reacts(name: string, ts: string, channel: string, deliveries?: number): Done
}

/** Escapes as Slack does what people type; a link gets its angle brackets. */
const typed = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/&lt;(@[UW]\w+|![a-z]+|#C\w+)&gt;/g, '<$1>')
    .replace(/https?:\/\/[^\s<>|]+/g, (url) => `<${url}>`)

export const makePeople = (store: Store, deliver: (envelope: Envelope) => Promise<unknown>, now: () => number) => {
  const event = (inner: Readonly<Record<string, unknown>>, of: string): Envelope => ({
    type: 'events_api',
    payload: {
      token: 'verification-fake',
      team_id: team,
      context_team_id: of,
      api_app_id: bot.app,
      type: 'event_callback',
      event_id: store.nextId('Ev'),
      event_time: Math.floor(now() / 1_000),
      authorizations: [{ enterprise_id: null, team_id: team, user_id: bot.user, is_bot: true }],
      event: inner,
    },
  })
  const quietly = (ts: string, all: readonly Promise<unknown>[]): Done => {
    const delivered = Promise.all(all).then(() => {})
    delivered.catch(() => {}) // whoever cares awaits it
    return { ts, delivered }
  }
  const channelOf = (id: string): Channel => {
    const found = store.channels.get(id) ?? emptyChannel(id)
    store.channels.set(id, found)
    return found
  }
  const kindOf = (channel: Channel): string => (channel.isPrivateChat ? 'im' : 'channel')
  const trigger = (user: string): string => {
    const id = `${store.nextId('1')}.${store.nextId('2')}.fake`
    store.triggers.set(id, { user, until: now() + 3_000 })
    return id
  }
  const addFile = ({ name, bytes, isVoice }: Sent): StoredFile => {
    const file = { id: store.nextId('F'), name, altText: null, isVoice: isVoice ?? false, bytes, isShared: true }
    store.files.set(file.id, file)
    return file
  }

  /** All that Slack tells the app about a new message: `message` where the bot is a member, and `app_mention` where it is named. */
  const tell = async (channel: Channel, message: Message, deliveries: number): Promise<void> => {
    const inner = { ...asSlack(channel, message, false), channel: channel.id, channel_type: kindOf(channel), event_ts: message.ts }
    const events = [event(inner, message.team)]
    if (!channel.isPrivateChat && message.text.includes(`<@${bot.user}>`)) {
      const { channel_type: _, ...mention } = inner
      events.unshift(event({ ...mention, type: 'app_mention' }, message.team))
    }
    const once = () => Promise.all(events.map(deliver))
    await once()
    for (let count = 1; count < deliveries; count += 1) await once()
  }

  const press = async (user: string, of: string, label: string, spot: Spot): Promise<void> => {
    const channel = channelOf(spot.channel)
    const isThere = ({ ts, thread }: { ts: string; thread: string | null }) => thread === spot.thread || ts === spot.thread
    const shown = [
      ...channel.messages.filter(isThere).map((message) => ({ message, blocks: message.blocks, ts: message.ts, thread: message.thread })),
      ...store.whispers
        .filter((whisper) => whisper.user === user && whisper.channel === spot.channel && whisper.thread === spot.thread)
        .map(({ blocks, ts, thread }) => ({ message: null, blocks, ts, thread })),
    ]
    const found = shown
      .flatMap((one) => buttonsOf(one.blocks).map((button) => ({ ...one, button })))
      .filter(({ button }) => button.label === label)
      .at(-1)
    if (!found) throw new Error(`Nobody sees a button "${label}" there.`)
    const at = store.nextTs()
    await deliver({
      type: 'interactive',
      payload: {
        type: 'block_actions',
        api_app_id: bot.app,
        trigger_id: trigger(user),
        team: { id: of, domain: 'example' },
        user: { id: user, username: store.people.get(user)?.name, team_id: of },
        channel: { id: channel.id, name: 'somewhere' },
        container: {
          type: 'message',
          message_ts: found.ts,
          channel_id: channel.id,
          is_ephemeral: found.message === null,
          ...(found.thread === null ? {} : { thread_ts: found.thread }),
        },
        ...(found.message === null ? {} : { message: asSlack(channel, found.message, false) }),
        actions: [{ type: 'button', action_id: found.button.id, block_id: 'b', text: { type: 'plain_text', text: label }, action_ts: at }],
        response_url: 'https://example.invalid/response',
      },
    })
  }

  return (user: string, name = user.toLowerCase(), of = team): SlackPerson => {
    store.people.set(user, { name, team: of })
    const says: SlackPerson['says'] = (text, spot, { deliveries = 1, files = [] } = {}) => {
      const channel = channelOf(spot.channel)
      const message: Message = {
        ts: store.nextTs(),
        user,
        team: of,
        text: typed(text),
        blocks: [],
        thread: spot.thread,
        metadata: null,
        files: files.map(addFile),
        reactions: [],
        calls: [],
        editedTs: null,
      }
      channel.messages.push(message)
      return quietly(message.ts, channel.isMember ? [tell(channel, message, deliveries)] : [])
    }
    return {
      id: user,
      says,
      mentions: (text, spot) => says(`<@${bot.user}> ${text}`, spot),
      commands: async (text, channel) => {
        const payload = {
          command: '/ao',
          text: typed(text),
          user_id: user,
          user_name: name,
          team_id: of,
          channel_id: channel,
          channel_name: 'somewhere',
          api_app_id: bot.app,
          trigger_id: trigger(user),
          response_url: 'https://example.invalid/response',
          is_enterprise_install: 'false',
        }
        await deliver({ type: 'slash_commands', payload })
      },
      presses: (label, spot, more = {}) => press(user, more.team ?? of, label, spot),
      fills: async (text) => {
        const open = store.modals.findLastIndex((modal) => modal.user === user)
        const modal = store.modals[open]
        if (!modal) throw new Error('No form is open.')
        const [input] = modal.view.blocks
        if (!input) throw new Error('The form asks for nothing.')
        await deliver({
          type: 'interactive',
          payload: {
            type: 'view_submission',
            api_app_id: bot.app,
            trigger_id: trigger(user),
            team: { id: of, domain: 'example' },
            user: { id: user, team_id: of },
            view: {
              id: modal.id,
              type: 'modal',
              callback_id: modal.view.callback_id ?? '',
              private_metadata: modal.view.private_metadata ?? '',
              state: {
                values: { [input.block_id ?? 'generated']: { [input.element.action_id]: { type: 'plain_text_input', value: text } } },
              },
            },
          },
        })
        store.modals.splice(open, 1)
      },
      edits: (ts, text, channelId) => {
        const channel = channelOf(channelId)
        const message = channel.messages.find((one) => one.ts === ts)
        if (!message) throw new Error(`There is no message ${ts}.`)
        const previous = asSlack(channel, message, false)
        message.text = typed(text)
        message.editedTs = store.nextTs()
        const inner = {
          type: 'message',
          subtype: 'message_changed',
          channel: channelId,
          channel_type: kindOf(channel),
          hidden: true,
          ts: store.nextTs(),
          event_ts: message.editedTs,
          message: asSlack(channel, message, false),
          previous_message: previous,
        }
        return quietly(ts, [deliver(event(inner, of))])
      },
      deletes: (ts, channelId) => {
        const channel = channelOf(channelId)
        const message = channel.messages.find((one) => one.ts === ts)
        if (!message) throw new Error(`There is no message ${ts}.`)
        const previous = asSlack(channel, message, false)
        channel.messages = channel.messages.filter((one) => one.ts !== ts)
        const at = store.nextTs()
        const inner = {
          type: 'message',
          subtype: 'message_deleted',
          channel: channelId,
          channel_type: kindOf(channel),
          hidden: true,
          ts: at,
          event_ts: at,
          deleted_ts: ts,
          previous_message: previous,
        }
        return quietly(ts, [deliver(event(inner, of))])
      },
      reacts: (reaction, ts, channelId, deliveries = 1) => {
        const at = store.nextTs()
        const inner = {
          type: 'reaction_added',
          user,
          reaction,
          item: { type: 'message', channel: channelId, ts },
          item_user: authorOf(channelOf(channelId).messages.find((one) => one.ts === ts)),
          event_ts: at,
        }
        const told = event(inner, of)
        return quietly(
          ts,
          Array.from({ length: deliveries }, () => deliver(told)),
        )
      },
    }
  }
}

const authorOf = (message: Message | undefined): string => message?.user ?? bot.user
