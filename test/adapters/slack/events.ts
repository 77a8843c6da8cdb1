import { type Look, placeAt, translate } from '../../../adapters/slack/translate.ts'
import { type Inbound, placeKey } from '../../../bot/contracts/inbound.ts'

/** Events as Slack sends them, and what has to be known to read them: one thread is ours, and one button asks for a text. */
export const ours = placeAt('C1', '1700000000.000100')
export const look: Look = {
  bot: 'UBOT',
  nameOf: (user) => ({ UBOB: 'bob' })[user] ?? null,
  isOurs: (place) => placeKey(place) === placeKey(ours),
  placeOf: (_, message) => (message === '1700000000.000300' ? ours : null),
  form: (button) => (button === 'reject' ? { title: 'Request changes', label: 'What?' } : null),
  now: 1_700_000_123_000,
}

export type Fields = Readonly<Record<string, unknown>>
export const event = (fields: Fields): Fields => ({ type: 'event_callback', team_id: 'T1', event: fields })
export const message = (fields: Fields): Fields =>
  event({ type: 'message', channel: 'C1', channel_type: 'channel', user: 'UANA', text: 'hello', ts: '1700000050.000200', ...fields })
export const mention = (fields: Fields): Fields => message({ type: 'app_mention', text: '<@UBOT> hello', ...fields })
export const inThread: Fields = { thread_ts: '1700000000.000100' }
export const inPrivate: Fields = { channel: 'D1', channel_type: 'im' }

export const heard = (given: unknown, with_: Partial<Look> = {}): Inbound | null => {
  const found = translate(given, { ...look, ...with_ })
  return found?.is === 'said' ? found.inbound : null
}
export const textOf = (given: unknown): string | null => {
  const said = heard(given)?.said
  return said && 'text' in said ? (said.text ?? null) : null
}

export function command(text: string): Fields {
  return { command: '/ao', text, user_id: 'UANA', channel_id: 'C1', team_id: 'T1', trigger_id: 'trigger' }
}

export function press({
  container,
  user = 'UANA',
  at = '1700000090.000000',
  action = 'b1',
  trigger_id = 'trigger',
}: {
  container?: Fields
  user?: string
  at?: string
  action?: string
  trigger_id?: string
}): Fields {
  return {
    type: 'block_actions',
    team: { id: 'T1' },
    user: { id: user },
    trigger_id,
    container: { type: 'message', channel_id: 'C1', message_ts: '1700000050.000200', ...container },
    actions: [{ type: 'button', action_id: action, action_ts: at }],
  }
}

export function filled(carried: string, text: string): Fields {
  return {
    type: 'view_submission',
    user: { id: 'UANA' },
    view: { id: 'V1', private_metadata: carried, state: { values: { text: { text: { type: 'plain_text_input', value: text } } } } },
  }
}
