import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadSettings } from '../../../bot/cli/settings.ts'
import { payloadAddress, repositoryIn, webhook } from '../../../bot/cli/webhook.ts'
import { type Hook, type Line, type Steps, webhookSteps } from '../../../bot/cli/webhook-steps.ts'
import type { Config } from '../../../core/config/config.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { makeRepo } from '../../fakes/repo.ts'

const hook: Hook = { projects: ['app'], host: 'github.com', repository: 'acme/shop', app: null }
const steps: Steps = {
  hooks: [hook],
  address: 'https://ao.example.com/github',
  listener: { host: '127.0.0.1', port: 9_000 },
  freshSecret: null,
  unset: null,
  everyMs: 30_000,
}
const textOf = (lines: readonly Line[]): string => lines.map(({ text }) => text).join('\n')
const pasted = (lines: readonly Line[]): readonly string[] => lines.flatMap(({ is, text }) => (is === 'paste' ? [text] : []))

describe('the steps to a webhook', () => {
  test('lead from nothing to the first one', () => {
    const lines = webhookSteps({ ...steps, address: null, listener: null, freshSecret: 'f00d' })
    expect(lines.filter(({ is }) => is === 'title').map(({ text }) => text)).toEqual([
      '1. The secret',
      '2. In front of the bot',
      '3. On GitHub, for app',
      '4. Does it work?',
    ])
    expect(pasted(lines)).toEqual([
      'GITHUB_WEBHOOK_SECRET=f00d',
      `webhookSecret: "\${GITHUB_WEBHOOK_SECRET}"`,
      'webhooks: {port: 8484}',
      'caddy reverse-proxy --from ao.example.com --to 127.0.0.1:8484',
      'cloudflared tunnel --url http://127.0.0.1:8484',
      'gh api repos/acme/shop/hooks --input - <<JSON',
      expect.stringContaining('"url":"https://YOUR-ADDRESS/github"'),
      'JSON',
      'curl -i -X POST http://127.0.0.1:8484/github',
    ])
    const text = textOf(lines)
    expect(text).toContain('A webhook makes a look come at once that would come within 30 s.')
    expect(text).toContain('Then say "ao webhook --url https://..."')
    expect(text).toContain('  PASS  GitHub webhooks: the last one came 12 s ago (ping)')
    expect(text.match(/f00d/g)).toHaveLength(1)
  })

  test('name the address, the content type and exactly the events, on the page and for the shell alike', () => {
    const lines = webhookSteps(steps)
    const text = textOf(lines)
    expect(text).toContain('Open https://github.com/acme/shop/settings/hooks/new')
    expect(text).toContain('Payload URL   https://ao.example.com/github')
    expect(text).toContain('Content type  application/json')
    expect(text).toContain(
      'Check runs, Check suites, Issue comments, Issues, Labels, Merge groups, Pull requests, Pull request reviews, Pull request review comments, Pull request review threads, Pushes, Repositories, Statuses, Sub issues, Workflow jobs, Workflow runs',
    )
    expect(JSON.parse(pasted(lines).find((line) => line.startsWith('{')) ?? '')).toEqual({
      name: 'web',
      active: true,
      events: [
        'check_run',
        'check_suite',
        'issue_comment',
        'issues',
        'label',
        'merge_group',
        'pull_request',
        'pull_request_review',
        'pull_request_review_comment',
        'pull_request_review_thread',
        'push',
        'repository',
        'status',
        'sub_issues',
        'workflow_job',
        'workflow_run',
      ],
      // The shell puts it in, or stops where there is none: a webhook without a secret would be refused.
      config: { url: 'https://ao.example.com/github', content_type: 'json', insecure_ssl: '0', secret: `\${GITHUB_WEBHOOK_SECRET:?}` },
    })
  })

  test('ask for no listener that is there, and show no secret that is there', () => {
    const lines = webhookSteps(steps)
    expect(pasted(lines)).not.toContain('webhooks: {port: 8484}')
    expect(pasted(lines)).toContain('caddy reverse-proxy --from ao.example.com --to 127.0.0.1:9000')
    expect(textOf(lines)).toContain('The config has one ("webhookSecret" of scm).')
    expect(textOf(webhookSteps({ ...steps, listener: { host: '::1', port: 9_000 } }))).toContain('http://[::1]:9000/github')
  })

  test('know Enterprise servers, Apps, and repositories nobody could name', () => {
    const enterprise = textOf(webhookSteps({ ...steps, hooks: [{ ...hook, host: 'git.acme.example' }] }))
    expect(enterprise).toContain('https://git.acme.example/acme/shop/settings/hooks/new')
    expect(enterprise).toContain('gh api --hostname git.acme.example repos/acme/shop/hooks')
    const app = textOf(webhookSteps({ ...steps, hooks: [{ ...hook, projects: ['app', 'docs'], app: 42 }] }))
    expect(app).toContain('3. On GitHub, for app and docs')
    expect(app).toContain('The App 42 has one webhook for all repositories')
    expect(app).toContain('Webhook URL   https://ao.example.com/github')
    expect(app).not.toContain('gh api')
    expect(textOf(webhookSteps({ ...steps, hooks: [{ ...hook, repository: null }] }))).toContain('write it for OWNER/NAME')
  })
})

describe('the address', () => {
  test.each([
    ['https://ao.example.com', 'https://ao.example.com/github'],
    ['https://ao.example.com/', 'https://ao.example.com/github'],
    ['https://ao.example.com/github', 'https://ao.example.com/github'],
    ['https://ao.example.com/github/', 'https://ao.example.com/github'],
    ['https://example.com:8443/ao', 'https://example.com:8443/ao/github'],
  ])('%s leads to %s', (url, address) => {
    expect(payloadAddress(url)).toBe(address)
  })

  test.each([
    ['ao.example.com', 'it is no address'],
    ['http://ao.example.com', 'it does not begin with https://'],
    ['https://ana:pw@ao.example.com', 'it has a name'],
    ['https://ao.example.com/?a=1', 'it has a name'],
    ['https://localhost:8484', 'it leads to the machine that asks'],
    ['https://127.0.0.1', 'it leads to the machine that asks'],
    ['https://[::1]', 'it leads to the machine that asks'],
  ])('%s is refused, and says why', (url, problem) => {
    let thrown: unknown
    try {
      payloadAddress(url)
    } catch (error) {
      thrown = error
    }
    expect(isFault(thrown, 'WEBHOOK_ADDRESS_WRONG') && thrown.message).toContain(problem)
  })
})

test.each([
  ['https://github.com/acme/shop.git', 'acme/shop'],
  ['https://github.com/acme/shop', 'acme/shop'],
  ['https://x-access-token:fake@github.com/acme/shop.git/', 'acme/shop'],
  ['git@github.com:acme/shop.git', 'acme/shop'],
  ['ssh://git@github.com:22/acme/my.shop.git', 'acme/my.shop'],
  ['https://GitHub.com/acme/shop', 'acme/shop'],
  ['https://git.acme.example/acme/shop.git', null],
  ['git@github.com.evil.example:acme/shop.git', null],
  ['/srv/git/shop.git', null],
  ['https://github.com/shop', null],
])('the remote %s is %s at github.com', (remote, repository) => {
  expect(repositoryIn(remote, 'github.com')).toBe(repository)
})

describe('"ao webhook"', () => {
  const options = { apiUrl: 'https://api.github.com', protocol: 'https', timeout: '20s', writePause: '1s' }
  const project = (name: string, more: object = {}, scm = 'github') => ({
    name,
    path: `/w/${name}`,
    base: 'main',
    scm: { name: scm, options: { ...options, ...more } },
  })
  const run = async (projects: readonly ReturnType<typeof project>[], url?: string) => {
    const lines: Line[] = []
    const config = {
      projects: Object.fromEntries(projects.map((one) => [one.name, one])),
      webhooks: { host: '127.0.0.1', port: 9_000 },
      watch: { changesMs: 30_000 },
    } as unknown as Config // nothing else of it is read
    const code = await webhook(
      { config: 'bot.config.yaml', ...(url !== undefined && { url }) },
      {
        load: async () => ({ config }),
        remotesOf: async (path) => (path === '/w/none' ? [] : ['git@github.com:acme/from-remote.git']),
        makeSecret: () => 'freshly-made',
        show: (line) => lines.push(line),
      },
    )
    expect(code).toBe(0)
    return lines
  }
  const titles = (lines: readonly Line[]) => lines.filter(({ is, text }) => is === 'title' && text.startsWith('3.')).map(({ text }) => text)

  test('has one webhook for each repository and each App', async () => {
    const lines = await run(
      [
        project('shop', { repository: 'acme/shop' }),
        project('shop-next', { repository: 'Acme/Shop' }),
        project('remote'),
        project('docs', { app: { id: 42 } }),
        project('site', { app: { id: 42 } }),
        project('none'),
        project('here', {}, 'local'),
      ],
      'https://ao.example.com',
    )
    expect(titles(lines)).toEqual([
      '3. On GitHub, for shop and shop-next',
      '3. On GitHub, for remote',
      '3. On GitHub, for docs and site',
      '3. On GitHub, for none',
    ])
    expect(textOf(lines)).toContain('https://github.com/acme/from-remote/settings/hooks/new')
  })

  test('makes a secret only where one is missing', async () => {
    expect(textOf(await run([project('app')]))).toContain('GITHUB_WEBHOOK_SECRET=freshly-made')
    const text = textOf(await run([project('app', { webhookSecret: 'a-visibly-fake-secret' })]))
    expect(text).not.toContain('freshly-made')
    expect(text).not.toContain('a-visibly-fake-secret')
  })

  describe('before the variables of the config are set', () => {
    const configOf = (own: string) => `projects:
  app:
    path: .
    agent: {use: command, run: "codex exec {prompt}"}
    tracker: {use: github, token: "\${AO_TEST_TOKEN}"}
    scm: {use: github, token: "\${AO_TEST_TOKEN}", webhookSecret: "\${AO_TEST_HOOK_SECRET}"${own}}
`
    const linesOf = async (own = ''): Promise<readonly Line[]> => {
      const repo = await makeRepo()
      onTestFinished(() => repo.remove())
      const file = join(repo.path, 'bot.config.yaml')
      await writeFile(file, configOf(own))
      const lines: Line[] = []
      const secret = 'a-freshly-made-secret'
      await webhook(
        { config: file },
        { load: loadSettings, remotesOf: async () => [], makeSecret: () => secret, show: (line) => lines.push(line) },
      )
      return lines
    }

    test('it prints the steps all the same, and setting the secret is the first', async () => {
      const lines = await linesOf()
      expect(lines.filter(({ is }) => is === 'title')[0]?.text).toBe('1. The secret')
      expect(pasted(lines)[0]).toBe('AO_TEST_HOOK_SECRET=a-freshly-made-secret')
      expect(pasted(lines)).not.toContain(expect.stringContaining('webhookSecret:'))
      expect(textOf(lines)).toContain('The config names that variable already')
      expect(textOf(lines)).toContain(`"secret":"\${AO_TEST_HOOK_SECRET:?}"`)
    })

    test('what else is wrong with the config is told as ever, without the secret', async () => {
      const error = await linesOf(', nonsense: 1').catch((thrown: unknown) => thrown)
      expect(isFault(error, 'CONFIG_REFUSED') && error.message).toContain('nonsense')
      expect(isFault(error) && error.message).not.toContain('AO_TEST_HOOK_SECRET')
    })
  })

  test('says so where no project is on GitHub', async () => {
    const error = await run([project('app', {}, 'local')]).catch((thrown: unknown) => thrown)
    expect(isFault(error, 'NO_GITHUB_PROJECT')).toBe(true)
  })
})
