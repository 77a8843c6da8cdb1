import { catalogue, row } from '../../core/kit/fault.ts'

/** What can become of something that an adapter was asked to show. The outbox decides by the code; no other leaves an adapter. */
export const fault = catalogue({
  /** The place is not there any more, or the bot may not speak in it. `what`: is it the thread alone, or the whole channel? */
  PLACE_GONE: row<{ platform: string; channel: string; what: 'thread' | 'channel'; problem: string }>(
    (f) => `${f.platform}: the ${f.what} ${f.channel} cannot be written to: ${f.problem}.`,
    (f) => (f.what === 'thread' ? 'A new thread is made.' : 'Invite the bot again, or name another channel as "home".'),
  ),
  /** The channel has another id now. */
  PLACE_MOVED: row<{ platform: string; channel: string; to: string }>(
    (f) => `${f.platform}: the channel ${f.channel} is ${f.to} now.`,
    () => 'Nothing needs to be done: all that belongs to it moves along.',
  ),
  /** Refused because of the rate: nothing was sent. `isEverywhere`: every channel of the account has to wait. */
  CHAT_BUSY: row<{ platform: string; retryAfterMs: number; isEverywhere: boolean }>(
    (f) => `${f.platform} asks to wait ${f.retryAfterMs} ms.`,
    () => 'It is sent after that.',
    { mayPass: true },
  ),
  /** Certainly not sent: no connection came about. */
  CHAT_UNREACHABLE: row<{ platform: string; problem: string }>(
    (f) => `${f.platform} cannot be reached: ${f.problem}.`,
    () => 'It is sent when the network is back.',
    { mayPass: true },
  ),
  /** Sent, and nobody knows whether it arrived: a time-out, a lost answer, an error after the fact. */
  CHAT_UNCERTAIN: row<{ platform: string; problem: string }>(
    (f) => `${f.platform} did not say whether a message arrived: ${f.problem}.`,
    () => 'It is looked up, or sent again and marked where that cannot be done.',
    { mayPass: true },
  ),
  /** Refused for good: this card, or anything from this bot. */
  CHAT_REFUSED: row<{ platform: string; problem: string }>(
    (f) => `${f.platform} refused a message: ${f.problem}.`,
    () => 'Look at the token and the permissions with "ao doctor".',
  ),
})
