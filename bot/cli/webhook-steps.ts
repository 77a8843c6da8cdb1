import { list } from '../../core/kit/text.ts'
import { sayDuration } from '../../core/kit/time.ts'
import { emptyNotes, webhookFindings } from '../../plugins/scm/github/webhook-notes.ts'
import { events } from '../../plugins/scm/github/webhook-read.ts'

/** A place on GitHub where one webhook is made, and the projects it is for. */
export type Hook = {
  readonly projects: readonly string[]
  readonly host: string
  /** As owner/name; null: nobody knows. */
  readonly repository: string | null
  /** The id of the App that the projects act as, which has a webhook of its own; null: a token. */
  readonly app: number | null
}

/** What the steps are made of. */
export type Steps = {
  readonly hooks: readonly Hook[]
  /** Where the payload goes; null: not known yet. */
  readonly address: string | null
  /** Null: the config has no listener yet. */
  readonly listener: { readonly host: string; readonly port: number } | null
  /** A new secret for those projects that have none; null: all have one. */
  readonly freshSecret: string | null
  /** The variable that the config names for it already, and that nobody has set; null: it names none. */
  readonly unset: string | null
  /** So often changes are looked at anyway. */
  readonly everyMs: number
}

/** `paste` is never broken into lines nor indented. */
export type Line = { readonly is: 'title' | 'text' | 'paste'; readonly text: string }

const usualPort = 8484
const usualVariable = 'GITHUB_WEBHOOK_SECRET'
const title = (text: string): Line => ({ is: 'title', text })
const text = (...lines: readonly string[]): readonly Line[] => lines.map((line) => ({ is: 'text', text: line }))
const paste = (...lines: readonly string[]): readonly Line[] => lines.map((line) => ({ is: 'paste', text: line }))

/** From nothing to the first webhook, as lines. Pure. */
export const webhookSteps = (steps: Steps): readonly Line[] => {
  const address = steps.address ?? 'https://YOUR-ADDRESS/github'
  return [
    ...text(
      `A webhook makes a look come at once that would come within ${sayDuration(steps.everyMs)}. One that is lost, late or forged changes nothing.`,
    ),
    ...theSecret(steps),
    ...inFront(steps),
    ...steps.hooks.flatMap((hook) => [
      title(`3. On GitHub, for ${list(hook.projects)}`),
      ...onGithub(hook, address, steps.unset ?? usualVariable),
    ]),
    ...whetherItWorks(steps),
  ]
}

/** As a part of an address. */
const placeOf = (listener: Steps['listener']): string => {
  const { host, port } = listener ?? { host: '127.0.0.1', port: usualPort }
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

const inFront = ({ address, listener, freshSecret }: Steps): readonly Line[] => {
  const at = placeOf(listener)
  return [
    title('2. In front of the bot'),
    ...(listener ? [] : [...text('Nothing listens yet. In bot.config.yaml write:'), ...paste(`webhooks: {port: ${usualPort}}`)]),
    ...(listener && freshSecret === null ? [] : text('Then start the bot again.')),
    ...text(
      `The bot listens at ${at}, without TLS. GitHub must reach it, so put something in front that takes https from outside and hands every POST on as it came: body and headers unchanged. Only the path /github is needed. A reverse proxy:`,
    ),
    ...paste(`caddy reverse-proxy --from ${address ? new URL(address).host : 'ao.example.com'} --to ${at}`),
    ...text('Or a tunnel, where no port may be open:'),
    ...paste(`cloudflared tunnel --url http://${at}`),
    ...(address ? [] : text('Then say "ao webhook --url https://..." with its address, and the steps below have it in them.')),
  ]
}

const theSecret = ({ freshSecret, unset }: Steps): readonly Line[] => [
  title('1. The secret'),
  ...(freshSecret === null
    ? text('The config has one ("webhookSecret" of scm). GitHub must get the same text; it is not shown here.')
    : [
        ...text('GitHub signs with it, and what is not signed is refused. A new one, shown only now; put this line into .env:'),
        ...paste(`${unset ?? usualVariable}=${freshSecret}`),
        ...(unset === null
          ? [...text('And this beside "use: github" of scm in bot.config.yaml:'), ...paste(`webhookSecret: "\${${usualVariable}}"`)]
          : text('The config names that variable already ("webhookSecret" of scm).')),
      ]),
]

const onGithub = ({ host, repository, app }: Hook, address: string, variable: string): readonly Line[] => {
  const fields = text(
    `  ${app === null ? 'Payload URL ' : 'Webhook URL '}  ${address}`,
    ...(app === null ? ['  Content type  application/json'] : []),
    '  Secret        the text of step 1',
    '  SSL           Enable SSL verification',
  )
  const names = `  ${events.map(({ title: name }) => name).join(', ')}`
  if (app !== null)
    return [
      ...text(
        `The App ${app} has one webhook for all repositories it is installed in. Open https://${host}/settings/apps (or the settings of the organisation that owns it), "Edit", "Webhook", "Active":`,
      ),
      ...fields,
      ...text('Then "Permissions & events", "Subscribe to events"; one that is not there needs a permission first:', names),
    ]
  const [owner, name] = (repository ?? 'OWNER/NAME').split('/')
  const body = {
    name: 'web',
    active: true,
    events: events.map((event) => event.name),
    config: { url: address, content_type: 'json', insecure_ssl: '0', secret: `\${${variable}:?}` },
  }
  return [
    ...text(
      ...(repository === null ? ['Its repository is not known here: write it for OWNER/NAME.'] : []),
      `Open https://${host}/${owner}/${name}/settings/hooks/new`,
    ),
    ...fields,
    ...text('Choose "Let me select individual events", and tick exactly these:', names, '  Then "Active" and "Add webhook".'),
    ...text(`Or in a shell, as somebody who may administer the repository, with the secret in ${variable}:`),
    ...paste(
      `gh api ${host === 'github.com' ? '' : `--hostname ${host} `}repos/${owner}/${name}/hooks --input - <<JSON`,
      JSON.stringify(body),
      'JSON',
    ),
  ]
}

const whetherItWorks = ({ listener }: Steps): readonly Line[] => {
  const [came] = webhookFindings({
    isListening: true,
    hasSecret: true,
    now: 12_000,
    notes: { ...emptyNotes(), last: { at: 0, event: 'ping' } },
  })
  return [
    title('4. Does it work?'),
    ...text('On this machine, while the bot runs: 401 means that it listens, and refuses what is not signed.'),
    ...paste(`curl -i -X POST http://${placeOf(listener)}/github`),
    ...text(
      'GitHub sends a ping as soon as the webhook is made. "Recent Deliveries" beside it must show it with 200: the address and the secret are right. 401: the secret is another one. 404: the path is not /github. 502 or a time-out: what stands in front does not reach the bot.',
      '"Redeliver" sends one again: 200, and nothing is done twice.',
      'Then "ao doctor" says:',
      `  PASS  ${came?.what ?? ''}`,
    ),
  ]
}
