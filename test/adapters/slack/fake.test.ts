import { webApi } from '@slack/bolt'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type FakeSlack, startFakeSlack } from '../../fakes/slack/index.ts'
import { rateKeeper, slackRates } from '../../fakes/slack/rates.ts'

/** The stand-in refuses what Slack refuses: otherwise it would prove nothing. */
let slack: FakeSlack
let web: webApi.WebClient
beforeEach(async () => {
  slack = await startFakeSlack()
  web = client(slack.tokens.bot)
})
afterEach(() => slack.close())

const client = (token: string) =>
  new webApi.WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: 'error' as webApi.LogLevel,
  })
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: { readonly data?: { readonly error: string }; readonly code: string }) => error.data?.error ?? error.code,
  )
const words = (text: string) =>
  ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] }) as const
const mention = (user_id: string) =>
  ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'user', user_id }] }] }) as const
const button = (id: string, label = 'x') => ({ type: 'button', action_id: id, text: { type: 'plain_text', text: label } }) as const

describe('the stand-in for Slack refuses', () => {
  test.each([
    ['an unknown token', () => client('xoxb-other').auth.test(), 'invalid_auth'],
    ['an app token where a bot token is asked for', () => client(slack.tokens.app).auth.test(), 'invalid_auth'],
    ['an unknown method', () => web.apiCall('chat.shout', {}), 'unknown_method'],
    ['an unknown argument', () => web.apiCall('chat.postMessage', { channel: 'C0HOME', text: 'x', loud: true }), 'invalid_arguments'],
    ['a channel that is not there', () => web.chat.postMessage({ channel: 'C404', text: 'x' }), 'channel_not_found'],
    ['a message without a text', () => web.chat.postMessage({ channel: 'C0HOME', text: '' }), 'no_text'],
    [
      '51 blocks',
      () => web.chat.postMessage({ channel: 'C0HOME', text: 'x', blocks: Array.from({ length: 51 }, () => words('x')) }),
      'invalid_blocks',
    ],
    [
      'a mention of what is no user id',
      () => web.chat.postMessage({ channel: 'C0HOME', text: 'x', blocks: [mention('<!channel>')] }),
      'invalid_blocks',
    ],
    ['empty words', () => web.chat.postMessage({ channel: 'C0HOME', text: 'x', blocks: [words('')] }), 'invalid_blocks'],
    [
      'too much in all',
      () => web.chat.postMessage({ channel: 'C0HOME', text: 'x', blocks: [words('x'.repeat(13_200))] }),
      'invalid_blocks',
    ],
    [
      '26 buttons',
      () =>
        web.chat.postMessage({
          channel: 'C0HOME',
          text: 'x',
          blocks: [{ type: 'actions', elements: Array.from({ length: 26 }, (_, index) => button(`b${index}`)) }],
        }),
      'invalid_blocks',
    ],
    [
      'an id of 256 characters',
      () => web.chat.postMessage({ channel: 'C0HOME', text: 'x', blocks: [{ type: 'actions', elements: [button('x'.repeat(256))] }] }),
      'invalid_blocks',
    ],
    [
      'a label of 76 characters',
      () => web.chat.postMessage({ channel: 'C0HOME', text: 'x', blocks: [{ type: 'actions', elements: [button('a', 'x'.repeat(76))] }] }),
      'invalid_blocks',
    ],
    ['an edit of nothing', () => web.chat.update({ channel: 'C0HOME', ts: '1700000000.000000', text: 'x' }), 'message_not_found'],
    [
      'a form on a trigger nobody pulled',
      () => web.views.open({ trigger_id: '1.2.3', view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] } }),
      'invalid_arguments',
    ],
    [
      'a file that was never brought',
      () => web.files.completeUploadExternal({ files: [{ id: 'F404' }], channel_id: 'C0HOME' }),
      'file_not_found',
    ],
  ])('%s', async (_, work, error) => {
    expect(await refusal(work())).toBe(error)
  })

  test('an edit of what a person said', async () => {
    const { ts } = slack.person('U0ANA').says('mine', { channel: 'C0HOME', thread: null })
    expect(await refusal(web.chat.update({ channel: 'C0HOME', ts, text: 'yours' }))).toBe('cant_update_message')
  })

  test('an upload of another length than announced, and a download without the token', async () => {
    const { upload_url: url = '', file_id: id } = await web.files.getUploadURLExternal({ filename: 'x.txt', length: 3 })
    expect((await fetch(url, { method: 'POST', body: 'four' })).status).toBe(400)
    expect((await fetch(url, { method: 'POST', body: 'abc' })).status).toBe(200)
    const private_ = `${slack.apiUrl.replace('/api/', '')}/files/${id}`
    expect((await fetch(private_, { redirect: 'manual' })).status).toBe(302)
    expect((await fetch(private_, { headers: { authorization: `Bearer ${slack.tokens.bot}` } })).status).toBe(200)
    expect(slack.complaints).toHaveLength(1)
  })

  test('a connection by a ticket that was used', async () => {
    const { url = '' } = await client(slack.tokens.app).apps.connections.open({})
    const closed = (socket: WebSocket) =>
      new Promise<string>((resolve) => {
        socket.addEventListener('message', () => resolve('greeted'))
        socket.addEventListener('close', () => resolve('closed'))
        socket.addEventListener('error', () => resolve('closed'))
      })
    const first = new WebSocket(url)
    expect(await closed(first)).toBe('greeted')
    expect(await closed(new WebSocket(url))).toBe('closed')
    first.close()
  })

  test('the eleventh message at once in a channel, and the 51st edit in a minute, with how long to wait', async () => {
    const posts = await Promise.all(Array.from({ length: 11 }, () => refusal(web.chat.postMessage({ channel: 'C0HOME', text: 'x' }))))
    expect(posts.filter((one) => one === 'nothing')).toHaveLength(10)
    expect(posts.filter((one) => one === 'slack_webapi_rate_limited_error')).toHaveLength(1)
    expect(slack.complaints).toEqual([expect.stringContaining('429')])
  })

  test('a message that goes to a thread that is not there lands at the top, as at Slack', async () => {
    const { message } = await web.chat.postMessage({ channel: 'C0HOME', text: 'x', thread_ts: '1700000000.000000' })
    expect(message?.thread_ts).toBeUndefined()
    expect(slack.sees({ channel: 'C0HOME', thread: null })).toHaveLength(1)
  })
})

describe('whom the stand-in for Slack tells', () => {
  type Given = {
    readonly text: string
    readonly blocks?: (ReturnType<typeof mention> | ReturnType<typeof words>)[]
    readonly mrkdwn?: boolean
  }
  test.each<readonly [string, Given, readonly string[]]>([
    ['blocks and text name them', { text: '<@U0ANA>', blocks: [mention('U0ANA')] }, ['U0ANA']],
    ['only the blocks do', { text: 'x', blocks: [mention('U0ANA')] }, []],
    ['only the text does', { text: '<@U0ANA>', blocks: [words('x')] }, []],
    ['the text is no markup', { text: '<@U0ANA>', blocks: [mention('U0ANA')], mrkdwn: false }, []],
    ['there are no blocks', { text: '<@U0ANA>' }, ['U0ANA']],
    ['there is nobody of that id', { text: '<@U0GONE>' }, []],
  ])('a new message where %s; an edit nobody', async (_, given, calls) => {
    slack.person('U0ANA')
    const { ts = '' } = await web.chat.postMessage({ channel: 'C0HOME', ...given })
    await web.chat.update({ channel: 'C0HOME', ts, text: '<@U0ANA>', blocks: [mention('U0ANA')] })
    expect(slack.sees({ channel: 'C0HOME', thread: null }).map((seen) => seen.calls)).toEqual([calls])
  })
})

describe('the rates', () => {
  test.each([
    ['chat.update', 50, 0, 50],
    ['chat.postMessage', 10, 1_000, 1_000],
  ] as const)('%s takes %i at once; at one every %i ms it takes %i and more', (method, atOnce, everyMs, most) => {
    let at = 0
    const burst = rateKeeper(slackRates, () => at)
    const taken = Array.from({ length: 200 }, () => burst(method, 'C1')).filter((waitSeconds) => waitSeconds === 0)
    expect(taken).toHaveLength(atOnce)
    at = 0
    const even = rateKeeper(slackRates, () => at)
    const steady = Array.from({ length: most }, (_, index) => {
      at = index * everyMs
      return even(method, 'C1')
    })
    expect(Math.max(...steady)).toBe(0)
  })

  test('a refused call is taken after the time that was named', () => {
    let at = 0
    const wait = rateKeeper(slackRates, () => at)
    for (let count = 0; count < 50; count += 1) wait('chat.update', 'C1')
    const waitSeconds = wait('chat.update', 'C2')
    expect(waitSeconds).toBe(60)
    at = waitSeconds * 1_000
    expect(wait('chat.update', 'C2')).toBe(0)
  })
})
