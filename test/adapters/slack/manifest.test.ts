import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { botEvents, botScopes, type ManifestAsk, manifestOf } from '../../../adapters/slack/manifest.ts'
import { isFault } from '../../../core/kit/fault.ts'

const given: ManifestAsk = { name: 'ao', command: '/ao', url: null }

/** What Slack documents of a manifest, with nothing that it does not know. */
const httpsUrl = z.url({ protocol: /^https$/ })
const manifestShape = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(1), minor_version: z.int() }),
  display_information: z.strictObject({
    name: z.string().min(1).max(35),
    description: z.string().max(140),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.literal(true),
      messages_tab_read_only_enabled: z.literal(false),
    }),
    bot_user: z.strictObject({
      display_name: z
        .string()
        .regex(/^[a-z0-9._-]+$/)
        .max(80),
      always_online: z.boolean(),
    }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z
            .string()
            .regex(/^\/\S+$/)
            .max(32),
          description: z.string().min(1).max(2000),
          usage_hint: z.string().max(1000),
          should_escape: z.boolean(),
          url: httpsUrl.optional(),
        }),
      )
      .length(1),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string().regex(/^[a-z_]+(?::[a-z_.]+)*$/)).max(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ request_url: httpsUrl.optional(), bot_events: z.array(z.string()).max(100) }),
    interactivity: z.strictObject({ is_enabled: z.literal(true), request_url: httpsUrl.optional() }),
    org_deploy_enabled: z.literal(false),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.literal(false),
  }),
})

/** The scope without which Slack does not send an event: https://docs.slack.dev/reference/events */
const scopeOfEvent: Readonly<Record<string, string>> = {
  app_mention: 'app_mentions:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  'message.mpim': 'mpim:history',
  reaction_added: 'reactions:read',
}

describe('the manifest', () => {
  test.each<[string, ManifestAsk]>([
    ['Socket Mode', given],
    ['HTTP', { ...given, url: 'https://ao.example.com' }],
    ['a name of 35 characters', { ...given, name: 'x'.repeat(35) }],
    ['a name with capitals, spaces and accents', { ...given, name: 'Équipe AO' }],
  ])('is one that Slack takes: %s', (_, ask) => {
    expect(manifestShape.parse(manifestOf(ask))).toEqual(manifestOf(ask))
  })

  test('is the same after a way through YAML', () => {
    expect(parse(stringify(manifestOf(given)))).toEqual(manifestOf(given))
  })

  test('in Socket Mode names no address, and no port is needed', () => {
    expect(manifestOf(given).settings.socket_mode_enabled).toBe(true)
    expect(JSON.stringify(manifestOf(given))).not.toContain('url')
  })

  test.each([
    ['https://ao.example.com', 'https://ao.example.com/slack/events'],
    ['https://ao.example.com/', 'https://ao.example.com/slack/events'],
    ['https://example.com/bots/ao', 'https://example.com/bots/ao'],
  ])('over HTTP everything goes to one address: %s', (url, address) => {
    const { features, settings } = manifestOf({ ...given, url })
    expect(settings.socket_mode_enabled).toBe(false)
    expect([features.slash_commands[0]?.url, settings.event_subscriptions.request_url, settings.interactivity.request_url]).toEqual([
      address,
      address,
      address,
    ])
  })

  test('asks for no event that its scopes do not cover, for nothing twice, and for nothing without a reason', () => {
    const scopes = botScopes.map(({ name }) => name)
    const events = botEvents.map(({ name }) => name)
    expect(events.map((event) => scopeOfEvent[event] ?? `nobody knows ${event}`).filter((scope) => !scopes.includes(scope))).toEqual([])
    expect([new Set(scopes).size, new Set(events).size]).toEqual([scopes.length, events.length])
    expect([...botScopes, ...botEvents].filter(({ why }) => why.length < 10)).toEqual([])
    expect(scopes).toEqual([...scopes].sort())
  })

  test('its page says why, for every scope and every event and for no other', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/slack.md'), 'utf8')
    const rows = [...page.matchAll(/^\| `([a-z_]+[:.][a-z_]+|commands|app_mention|reaction_added)` \| (.+) \|$/gm)]
    expect(rows.map(([, name, why]) => ({ name, why }))).toEqual([...botScopes, ...botEvents])
  })
})

describe('what Slack would refuse is told before it is pasted', () => {
  test.each<[Partial<ManifestAsk>, string]>([
    [{ name: '' }, 'a bot needs a name.'],
    [{ name: 'x'.repeat(36) }, 'at most 35 characters, this one has 36'],
    [{ name: '日本語' }, 'at least one letter'],
    [{ name: 'a\u202Eb' }, 'control characters'],
    [{ command: 'ao' }, 'begins with a slash, as in "/ao"'],
    [{ command: '/AO' }, 'no capitals'],
    [{ command: '/ao fix' }, 'a-z, 0-9'],
    [{ command: '/' }, 'a-z, 0-9'],
    [{ command: `/${'x'.repeat(32)}` }, 'at most 32 characters with its slash, this one has 33'],
    [{ url: 'ao.example.com' }, 'no address'],
    [{ url: 'http://ao.example.com' }, 'https addresses only'],
    [{ url: 'https://me:secret@ao.example.com' }, 'password'],
    [{ url: 'https://ao.example.com/?x=1' }, 'nothing after "?"'],
  ])('%o', (ask, says) => {
    const refused = caught(() => manifestOf({ ...given, ...ask }))
    expect(isFault(refused, 'MANIFEST_REFUSED') && refused.message).toContain(says)
  })

  test('a command of 32 characters is the longest', () => {
    const command = `/${'x'.repeat(31)}`
    expect(manifestOf({ ...given, command }).features.slash_commands[0]?.command).toBe(command)
  })
})

const caught = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}
