import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AgentPicture, unheard } from '../../core/contracts/agent.ts'
import type { Agent, AgentProfile, AgentReach, LaunchRequest } from '../../core/contracts/plugins.ts'
import { isFault } from '../../core/kit/fault.ts'
import { idsIn } from '../../core/kit/wrap.ts'

/** An agent to be tested, and a source of its with real lines (none where it writes no files). */
export type AgentCase = { readonly agent: Agent; readonly source: string; readonly lines: readonly string[] }

/** What every agent must satisfy, whatever it runs. `make` is called once for each test; `tells` is how words reach it, as its profile says. */
export const agentContract = (name: string, make: () => AgentCase | Promise<AgentCase>, tells: AgentProfile['tells'] = 'typed'): void => {
  describe(`${name} as an agent`, () => {
    test('is launched the same way twice', async () => {
      const { agent } = await make()
      expect(agent.launch(request)).toEqual(agent.launch(request))
      expect(agent.launch(request).argv[0]).toBeTruthy()
    })

    test.each(['prompt', 'instructions'] as const)('pitfall 28: gets its %s with its start, by exactly one way, whole', async (part) => {
      const { argv, stdin, env, files } = (await make()).agent.launch(request)
      // As it is, or inside JSON or a quoted text, where line ends are written otherwise.
      const has = (text: string): boolean => request[part].split('\n').every((line) => text.includes(line))
      const places = [...argv, stdin ?? '', ...Object.values(env), ...Object.values(files)].filter(has)
      expect(places).toHaveLength(1)
    })

    test('gets its prompt and no rules once more when its conversation is taken up', async () => {
      const { agent } = await make()
      if (!agent.can.resumes) return
      const launch = agent.launch({ ...request, prompt: 'Go on with it.', resume: '01920000-0000-7000-8000-000000000001' })
      expect(JSON.stringify(launch)).toContain('Go on with it.')
      expect(JSON.stringify(launch)).toContain('01920000-0000-7000-8000-000000000001')
    })

    test('writes only into the folder of its session', async () => {
      const { files } = (await make()).agent.launch(request)
      for (const path of Object.keys(files)) expect(path.startsWith(`${request.folder}/`)).toBe(true)
    })

    test('reads whatever a line holds without failing', async () => {
      const { agent, source } = await make()
      const anything = fc.oneof(
        fc.string(),
        fc.json(),
        fc.object().map((value) => JSON.stringify({ v: 1, at: 1, kind: 'received', ...value })),
      )
      fc.assert(
        fc.property(anything, fc.constantFrom(source, 'mailbox', 'nowhere'), (text, from) => {
          const picture = agent.read(unheard, { source: from, text, mark: 0, at: 5 })
          expect(Object.keys(picture).sort()).toEqual(Object.keys(unheard).sort())
        }),
        { numRuns: 300 },
      )
    })

    test('sees the same picture whenever it reads the same file', async () => {
      const given = await make()
      expect(folded(given, given.lines)).toEqual(folded(given, given.lines))
    })

    test('learns nothing from a line that was cut in the middle', async () => {
      const given = await make()
      given.lines.forEach((line, at) => {
        const before = given.lines.slice(0, at)
        for (const length of [0, 1, Math.floor(line.length / 2), line.length - 1])
          expect(folded(given, [...before, line.slice(0, length)])).toEqual(folded(given, before))
      })
    })

    test('has means to break off a turn exactly where it says so, and breaks off none that there is not', async () => {
      const { agent } = await make()
      expect(agent.interrupt !== undefined).toBe(agent.can.interrupts)
      const pressed: string[] = []
      const outcome = await agent.interrupt?.(reach(pressed)).catch((error: unknown) => error)
      if (outcome !== undefined && outcome !== 'idle') expect(isFault(outcome, 'AGENT_UNREACHABLE')).toBe(true)
      expect(pressed).toEqual([])
    })

    test('pitfall 30: takes nothing on its screen for an end or for work', async () => {
      const { agent } = await make()
      if (!agent.see) return
      const { see } = agent
      const screens = fc.array(fc.oneof(fc.string(), fc.constantFrom('✓ Done', '─ Ready ─', '❯ ', '⏺ Finished', 'exit', '100%')), {
        maxLength: 60,
      })
      fc.assert(
        fc.property(screens, (lines) => {
          const { turnEnded, workedAt, received } = see(unheard, lines.join('\n'), 5)
          expect({ turnEnded, workedAt, received }).toEqual({ turnEnded: null, workedAt: null, received: [] })
        }),
      )
    })

    if (tells === 'typed') typedTo(make)
    else
      test('is never typed to', async () => {
        const { agent } = await make()
        const pastes: string[] = []
        // There is nobody to hear it, so it may wait or fail; what counts is that the terminal is left alone.
        await agent.tell({ id: 'm7', text: 'hi' }, { ...reach(pastes), signal: AbortSignal.timeout(200) }).catch(() => {})
        expect(pastes).toEqual([])
      })

    test('says of a question that nobody asked that it is gone', async () => {
      const { agent } = await make()
      const decision = { request: 'never-asked', choice: 1, text: 'yes', by: 'ada' }
      expect(await agent.answer(decision, reach([]))).toBe('gone')
    })
  })
}

const typedTo = (make: () => AgentCase | Promise<AgentCase>): void => {
  test.each(['!rm -rf .', '/exit please', '@README', 'look at $HOME', '#note', 'a\nb\n/c', '\u001b[201~!ls', 'x'.repeat(100_000)])(
    'pitfalls 57 and 58: types %j so that it begins and ends harmlessly',
    async (text) => {
      const { agent } = await make()
      const pastes: string[] = []
      expect(await agent.tell({ id: 'm7', text }, reach(pastes))).toBe('typed')
      const [pasted = ''] = pastes
      expect(pasted).toMatch(/^\[ao #m7\] [\s\S]* \.$/)
      expect(pasted.includes('\u001b')).toBe(false)
      expect(pasted).toContain(text.replace('\u001b[201~', ''))
      expect(idsIn(pasted)).toEqual(['m7'])
    },
  )

  test('says that it cannot be reached where nothing can be typed', async () => {
    const { agent } = await make()
    const told = agent.tell({ id: 'm7', text: 'hi' }, { ...reach([]), terminal: null })
    await expect(told).rejects.toSatisfy((error) => isFault(error, 'TERMINAL_NEEDED'))
  })
}

const request: LaunchRequest = {
  session: 'shop-1',
  workspace: { path: '/nowhere/work', branch: 'ao/1', baseCommit: 'c0ffee' },
  folder: '/nowhere/session',
  run: 'shop-1.m0.7',
  instructions: 'You work on branch ao/1.\nReport with ao report.',
  prompt: 'Task #1: make it so.\nIt is the first.',
  resume: null,
  model: null,
  permissions: 'default',
}

const reach = (pastes: string[]): AgentReach => ({
  folder: request.folder,
  terminal: { paste: async (text) => void pastes.push(text), press: async (keys) => void pastes.push(...keys), screen: async () => '' },
  signal: new AbortController().signal,
})

const folded = ({ agent, source }: AgentCase, lines: readonly string[]): AgentPicture => {
  let mark = 0
  return lines.reduce((picture, text) => {
    const next = agent.read(picture, { source, text, mark, at: 2_000_000_000_000 })
    mark += Buffer.byteLength(text) + 1
    return next
  }, unheard)
}
