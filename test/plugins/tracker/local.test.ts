import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import type { Tracker } from '../../../core/contracts/plugins.ts'
import { local } from '../../../plugins/tracker/local/index.ts'
import { trackerContract } from '../../contracts/tracker.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'

const makeWorld = async (settings: { folder?: string; maxFileBytes?: number } = {}) => {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'ao-issues-')))
  const host = await makeHost()
  const folder = join(path, settings.folder ?? '.ao/issues')
  const use = { host: 'here', project: { name: 'shop', path, base: 'main' } }
  const tracker = await local.create(local.options.parse(settings), host, use)
  const write = async (name: string, text: string | Buffer): Promise<void> => {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, name), text)
  }
  const close = async (): Promise<void> => {
    await host.close()
    await rm(path, { recursive: true, force: true })
  }
  return { path, folder, host, tracker, write, read: (name: string) => readFile(join(folder, name), 'utf8'), close }
}

trackerContract('local', async () => {
  const world = await makeWorld()
  let count = 0
  const fileOf = async (key: string): Promise<string> =>
    (await readdir(world.folder)).find((name) => name.startsWith(`${key.slice(1)}-`)) ?? ''
  return {
    tracker: world.tracker,
    add: async ({ title, body, author }) => {
      count += 1
      await world.write(`${count}-issue.md`, `---\ntitle: ${JSON.stringify(title)}\nauthor: ${author}\n---\n${body}`)
      return `#${count}`
    },
    peek: async (key) => {
      const text = await world.read(await fileOf(key))
      const labels = parseDocument(/^---\n([\s\S]*?)^---$/m.exec(text)?.[1] ?? '').toJS()?.labels ?? []
      return { isOpen: !/^state: closed$/m.test(text), text, labels }
    },
    close: world.close,
  }
})

describe('issues as files', () => {
  let world: Awaited<ReturnType<typeof makeWorld>>
  let tracker: Tracker
  let host: FakeHost
  beforeEach(async () => {
    world = await makeWorld()
    ;({ tracker, host } = world)
  })
  afterEach(() => world.close())

  it('take their title from the front matter, else from the first heading, else from the first line', async () => {
    await world.write('1.md', '---\ntitle: From the front matter\n---\n# A heading\n')
    await world.write('2-b.md', 'Some words\n\n# From the heading #\nmore')
    await world.write('3-c.md', '\n\nFrom the first line\nand more\n')
    await world.write('4-d.md', '')
    await world.write('10-e.md', '---\ntitle: 2026\n---\n')
    await world.write('README.md', '# Not an issue')
    const titles = (await tracker.list()).map(({ key, title }) => `${key} ${title}`)
    expect(titles).toEqual(['#1 From the front matter', '#2 From the heading', '#3 From the first line', '#4 Untitled', '#10 2026'])
  })

  it('are found by number, file and address, and only in their folder', async () => {
    await world.write('12-fix-login.md', '# Fix the login')
    const file = join(world.folder, '12-fix-login.md')
    const keys = [
      '#12',
      '12',
      ' #12 ',
      '12-fix-login.md',
      '.ao/issues/12-fix-login.md',
      file,
      pathToFileURL(file).href,
      'https://forge.example/shop/issues/12?x=1',
    ]
    for (const key of keys) expect((await tracker.find(key)).key, key).toBe('#12')
    for (const key of ['/etc/12-fix-login.md', '../12-fix-login.md', 'fix #1', '12-other.md', '#1', '404'])
      await expect(tracker.find(key), key).rejects.toMatchObject({ code: 'TASK_UNKNOWN' })
  })

  it('answer an unknown key with the nearest open ones, by number or by words', async () => {
    for (const [number, title] of [
      [1, 'Fix the login'],
      [2, 'Paint the shed'],
      [3, 'Old'],
      [40, 'Far'],
      [42, 'Answer'],
    ] as const)
      await world.write(`${number}.md`, `---\nstate: ${number === 3 ? 'closed' : 'open'}\n---\n${title}`)
    await expect(tracker.find('#41')).rejects.toMatchObject({
      hint: expect.stringContaining('#40 (Far), #42 (Answer), #2 (Paint the shed)'),
    })
    await expect(tracker.find('the login page')).rejects.toMatchObject({ hint: expect.stringContaining(': #1 (Fix the login)') })
  })

  it('keep comments, order and every byte of the body when they are closed', async () => {
    const long = `${'word '.repeat(50)}end`
    const body = '\n# Title  \n\ttabs and trailing  \n\n---\n\nmore\n\n\n'
    await world.write(
      '1.md',
      `---\n# who asked\nlabels: [bug,   "ui"] # keep\ntitle: "A: b"\nlong: ${long}\nstate: open # for now\nextra: 1\n---\n${body}`,
    )
    await tracker.close('#1', 'Merged <b>as</b> #7.\u001b[31m')
    const text = await world.read('1.md')
    expect(text).toContain(`---\n${body}## Closed\n\nMerged <b>as</b> #7.\n`)
    expect(text).toMatch(
      /^---\n# who asked\nlabels: \[.*\] # keep\ntitle: "A: b"\nlong: (?:word ){50}end\nstate: closed # for now\nextra: 1\n---\n/,
    )
  })

  it('are closed without front matter, with Windows line ends and with a byte order mark', async () => {
    await world.write('1.md', 'just words')
    await world.write('2.md', '\uFEFF---\r\ntitle: T\r\n---\r\nbody\r\n')
    await tracker.close('#1', 'n')
    await tracker.close('#2', 'n')
    expect(await world.read('1.md')).toBe('---\nstate: closed\n---\njust words\n\n## Closed\n\nn\n')
    expect(await world.read('2.md')).toBe('\uFEFF---\r\ntitle: T\r\nstate: closed\r\n---\r\nbody\r\n\r\n## Closed\r\n\r\nn\r\n')
  })

  it('leave a closed issue alone, and note a second closing once more only with other words', async () => {
    await world.write('1.md', 'words\n')
    await tracker.close('#1', 'first')
    const { mtimeMs } = await stat(join(world.folder, '1.md'))
    await tracker.close('#1', 'second')
    expect((await stat(join(world.folder, '1.md'))).mtimeMs).toBe(mtimeMs)
    const reopened = (await world.read('1.md')).replace('state: closed', 'state: open')
    await world.write('1.md', reopened)
    await tracker.close('#1', 'first')
    expect((await world.read('1.md')).match(/## Closed/g)).toHaveLength(1)
    await world.write('1.md', reopened)
    await tracker.close('#1', 'third')
    expect((await world.read('1.md')).match(/## Closed/g)).toHaveLength(2)
  })

  it('are written under the next number, and read back as they were meant', async () => {
    await world.write('7-old.md', '---\nstate: closed\n---\n')
    await world.write('9.md', Buffer.from([0]))
    const task = {
      id: 'chat: 1',
      title: '2026: "A" \u001b[31m#1\nsecond line',
      body: '---\nstate: closed\n---\n# Heading\r\nmore\u0007',
      by: 'Ben',
    }
    const made = await tracker.create(task)
    expect(made).toMatchObject({ key: '#10', title: '2026: "A" #1', author: 'Ben', body: '---\nstate: closed\n---\n# Heading\nmore\n' })
    expect(await tracker.find('#10')).toEqual(made)
    expect(await readdir(world.folder)).toEqual(['10-2026-a-1.md', '7-old.md', '9.md'])
    expect((await stat(join(world.folder, '10-2026-a-1.md'))).mode & 0o111).toBe(0)
  })

  it('that would be too long to be read are not written', async () => {
    const short = await makeWorld({ maxFileBytes: 200 })
    const task = { id: '1', title: 'One', body: 'x'.repeat(200), by: 'Ben' }
    for (let n = 0; n < 2; n += 1) await expect(short.tracker.create(task)).rejects.toMatchObject({ code: 'TASK_UNREADABLE' })
    expect(await short.tracker.list()).toEqual([])
    await short.close()
  })

  it('tell their labels and whom they are assigned to, however they are written', async () => {
    await world.write('1.md', '---\nlabels: [bug, 2, " two words "]\nassignees:\n  - ada\n---\n')
    await world.write('2.md', '---\nlabels: bug, two words\nassignee: ben\n---\n')
    await world.write('3.md', '---\nlabels: {a: b}\n---\n')
    const contexts = (await tracker.list()).map(({ context }) => [context?.labels, context?.assignees])
    expect(contexts).toEqual([
      [['bug', '2', 'two words'], ['ada']],
      [['bug', 'two words'], ['ben']],
      [[], []],
    ])
  })

  it.each([
    ['labels: [bug] # keep\ntitle: T', 'labels: [ bug, ui ] # keep\ntitle: T', 'labels: [ bug ] # keep\ntitle: T'],
    [
      '# who\nlabels:\n  # these\n  - bug # first\nx: 1',
      '# who\nlabels:\n  # these\n  - bug # first\n  - ui\nx: 1',
      '# who\nlabels:\n  # these\n  - bug # first\nx: 1',
    ],
    ['labels: bug, a b # keep\nx: 1', 'labels: [ bug, a b, ui ] # keep\nx: 1', 'labels: [ bug, a b ] # keep\nx: 1'],
    ['x: 1', 'x: 1\nlabels: [ ui ]', 'x: 1\nlabels: []'],
  ])('keep comments and order when a label comes and goes: %j', async (before, on, off) => {
    await world.write('1.md', `---\n${before}\n---\n\nbody  \n`)
    await tracker.label('#1', 'ui', true)
    expect(await world.read('1.md')).toBe(`---\n${on}\n---\n\nbody  \n`)
    await tracker.label('#1', 'ui', false)
    expect(await world.read('1.md')).toBe(`---\n${off}\n---\n\nbody  \n`)
  })

  it('whose labels are no list are left as they are', async () => {
    await world.write('1.md', '---\nlabels: {a: b}\n---\n')
    await expect(tracker.label('#1', 'ui', true)).rejects.toMatchObject({
      code: 'TASK_UNREADABLE',
      hint: expect.stringContaining('labels:'),
    })
    expect(await world.read('1.md')).toBe('---\nlabels: {a: b}\n---\n')
  })

  it('are noted at the end, with a mark that nobody sees, in the line ends they have', async () => {
    await world.write('1.md', 'just words')
    await world.write('2.md', '\uFEFF---\r\ntitle: T\r\n---\r\nbody\r\n')
    await tracker.note('#1', { id: 'a --> b', text: 'Begun.\u001b[31m\n' })
    await tracker.note('#2', { id: 'n', text: 'One\ntwo' })
    expect(await world.read('1.md')).toBe('just words\n\n## Note\n\n<!-- note: a%20--%3E%20b -->\n\nBegun.\n')
    expect(await world.read('2.md')).toBe(
      '\uFEFF---\r\ntitle: T\r\n---\r\nbody\r\n\r\n## Note\r\n\r\n<!-- note: n -->\r\n\r\nOne\r\ntwo\r\n',
    )
    const { mtimeMs } = await stat(join(world.folder, '1.md'))
    await tracker.note('#1', { id: 'a --> b', text: 'Begun.' })
    expect((await stat(join(world.folder, '1.md'))).mtimeMs).toBe(mtimeMs)
  })

  it('leave no half-written file and keep their mode; a link inside the folder stays a link', async () => {
    await world.write('1.md', 'words')
    await symlink('1.md', join(world.folder, '2.md'))
    await tracker.close('#2', 'done')
    expect(await world.read('1.md')).toContain('## Closed')
    expect(await readdir(world.folder)).toEqual(['1.md', '2.md'])
  })

  it('that cannot be read spoil nothing: each is logged once and named with its cure', async () => {
    await world.write('1.md', 'fine')
    await world.write('2.md', '---\ntitle: [unclosed\n---\n')
    await world.write('3.md', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 0xff]))
    await world.write('4.md', Buffer.from([0x66, 0xfc, 0x72]))
    await world.write('5.md', Buffer.alloc(10 * 1024 * 1024, 'x'))
    await writeFile(join(world.path, 'secret'), 'secret')
    await symlink(join(world.path, 'secret'), join(world.folder, '6.md'))
    await symlink('nowhere', join(world.folder, '7.md'))
    await mkdir(join(world.folder, '8.md'))
    await world.write('9-a.md', 'a')
    await world.write('9-b.md', 'b')
    await world.write('10.md', '---\nstate: done\n---\n')
    await world.write('11.md', '---\n- a list\n---\n')
    await world.write('12.md', `---\na: &a [x]\nb: &b [${'*a,'.repeat(50)}]\nc: [${'*b,'.repeat(50)}]\n---\n`)
    execFileSync('mkfifo', [join(world.folder, '13.md')])
    for (let n = 0; n < 2; n += 1) expect((await tracker.list()).map(({ key }) => key)).toEqual(['#1'])
    for (const [key, why] of [
      ['#2', 'front matter'],
      ['#3', 'not UTF-8'],
      ['#4', 'not UTF-8'],
      ['#5', '10485760 bytes'],
      ['#6', 'outside the folder'],
      ['#7', 'ENOENT'],
      ['#8', 'not a file'],
      ['#9', '9-b.md has the number 9, too'],
      ['#10', 'state must be open or closed'],
      ['#11', 'front matter'],
      ['#12', 'front matter'],
      ['#13', 'not a file'],
    ] as const)
      await expect(tracker.find(key), key).rejects.toMatchObject({
        code: 'TASK_UNREADABLE',
        message: expect.stringContaining(why),
        hint: expect.any(String),
      })
    expect(host.logged.filter(({ event }) => event === 'tracker.issue.unreadable')).toHaveLength(13)
  })

  it('closed several times at once are closed once, by the first', async () => {
    await world.write('1.md', 'words\n')
    await Promise.all([tracker.close('#1', 'first'), tracker.close('1', 'second'), tracker.close('1.md', 'third')])
    expect(await world.read('1.md')).toBe('---\nstate: closed\n---\nwords\n\n## Closed\n\nfirst\n')
  })

  it('may be nowhere yet, but a folder that was named must exist', async () => {
    expect(await tracker.list()).toEqual([])
    await expect(tracker.find('#1')).rejects.toMatchObject({ code: 'TASK_UNKNOWN', hint: expect.stringContaining('1-what-to-do.md') })
    const named = await makeWorld({ folder: 'docs/issues' })
    await expect(named.tracker.list()).rejects.toMatchObject({ code: 'ISSUES_MISSING' })
    await named.write('1.md', 'there')
    expect(await named.tracker.list()).toHaveLength(1)
    await named.close()
  })

  it('need a project or an absolute folder', () => {
    const create = (settings: object) => () => local.create(local.options.parse(settings), host, { host: 'here', project: null })
    expect(create({})).toThrow(expect.objectContaining({ code: 'PROJECT_MISSING' }))
    expect(create({ folder: world.folder })).not.toThrow()
  })
})
