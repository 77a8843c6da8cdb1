import { rm } from 'node:fs/promises'
import { describe, expect } from 'vitest'
import type { Plugin } from '../../core/contracts/plugins.ts'
import type { Kit } from './kits.ts'
import { storiesOf } from './story.ts'

const free = { permissions: 'permissionless' } as const

/** The stories that every agent must pass, with the real program and without a word typed into its terminal. */
export const agentStories = (kit: Kit, plugin?: Plugin): void => {
  const story = storiesOf(kit, plugin)

  describe(`the real ${kit.name}`, () => {
    story(
      'is started with its task, asks, goes on by the tap, commits, and is gone with all that came from it in the end',
      { steps: [{ ...kit.commits('first'), sees: 'Write it down' }, { say: 'I wrote it down.' }] },
      async ({ ana, commits, model, processes, secret, waits, knows }, id) => {
        await ana.sees('shop-1', 'git commit')
        expect((await knows('question.asked')).question).toMatchObject({ kind: 'permission', reply: 'own' })
        const running = await processes()
        expect(running.length).toBeGreaterThan(0)
        for (const { environment, command } of running)
          expect(environment.includes(secret), `a secret of the bot in the environment of ${command}`).toBe(false)
        await ana.allows()
        await ana.sees('I wrote it down.')
        expect((await commits())[0]).toBe('first')
        const [first] = model.asked(id)
        for (const words of ['ao report', 'The rule of this house is: be brief.'])
          expect(`${first?.asked.system}\n${first?.asked.shown.map(({ text }) => text).join('\n')}`).toContain(words)
        await ana.says('stop shop-1')
        await waits('the end of its processes', processes, (left) => left.length === 0)
      },
    )

    story(
      'is told no with a reason, hears the reason, and goes on',
      { steps: [kit.commits('second'), { say: 'Then I do not.', sees: 'use a branch of your own' }] },
      async ({ ana, commits, knows }) => {
        await knows('question.asked')
        await ana.writes('no, use a branch of your own')
        await ana.sees('Then I do not.')
        expect((await commits())[0]).toBe('begin')
      },
    )

    story(
      'hears every message that comes while it is busy, in order and once, whatever is in it',
      {
        steps: [{ hold: 'busy', next: { run: 'true' } }, ...Array.from({ length: 8 }, () => ({ say: 'I heard it.' }))],
        project: free,
      },
      async ({ ana, model, waits, knows, facts }, id) => {
        await waits(
          'the first request',
          () => model.asked(id).length,
          (count) => count === 1,
        )
        const words = ['mind the colours', '!touch /tmp/oh-no', '/exit please', 'look at @README and $HOME']
        for (const text of words) await ana.says(`tell shop-1 ${text}`)
        await knows('message.queued', words.length)
        model.go('busy')
        await knows('message.confirmed', words.length)
        const queued = (await facts()).flatMap((fact) => (fact.type === 'message.queued' ? [fact.id] : []))
        const heard = await waits(
          'all of them at the model',
          () => model.heard(id),
          (ids) => ids.length >= words.length,
        )
        expect(heard).toEqual(queued)
        const last =
          model
            .asked(id)
            .at(-1)
            ?.asked.shown.map(({ text }) => text) ?? []
        for (const text of words) expect(last.filter((shown) => shown.includes(text)).length, text).toBe(1)
      },
    )

    story(
      'is killed in the middle, is started again, and goes on with the same conversation',
      { steps: [{ run: 'true' }, { silence: true }, { say: 'Here I am again.' }], project: free },
      async ({ ana, model, kills, knows, waits, facts, record }, id) => {
        await waits(
          'the second request',
          () => model.asked(id).length,
          (count) => count >= 2,
        )
        await knows('agent.named')
        await record()
        await kills()
        await knows('agent.exited')
        await ana.says('restart shop-1')
        await ana.sees('Here I am again.')
        const named = (await facts()).flatMap((fact) => (fact.type === 'agent.named' ? [fact.conversation] : []))
        expect(new Set(named).size).toBe(1)
        const shown =
          model
            .asked(id)
            .at(-1)
            ?.asked.shown.map(({ text }) => text) ?? []
        expect(
          shown.filter((text) => text.includes(`STORY=${id}`)),
          'its task, from the conversation',
        ).toHaveLength(1)
        expect(shown.at(-1)).not.toContain(`STORY=${id}`)
      },
    )

    story(
      'pitfall 37: whose conversation is gone begins anew, with its task and the rules, once it is started again',
      { steps: [{ run: 'true' }, { silence: true }, { say: 'I begin anew.' }], project: free },
      async ({ ana, model, kills, knows, waits, record }, id) => {
        await waits(
          'the second request',
          () => model.asked(id).length,
          (count) => count >= 2,
        )
        await knows('agent.named')
        const path = await record()
        await kills()
        await knows('agent.exited')
        await rm(path, { recursive: true })
        await ana.says('restart shop-1')
        await ana.sees('I begin anew.')
        const last = model.asked(id).at(-1)?.asked
        expect(last?.shown.map(({ text }) => text).join('\n')).toContain(`STORY=${id}`)
        expect([last?.system, ...(last?.shown ?? []).map(({ text }) => text)].join('\n')).toContain('ao report done')
      },
    )

    story(
      'whose model falls silent counts as stuck, and people are called',
      {
        steps: [{ run: 'true' }, ...Array.from({ length: 12 }, () => ({ silence: true }) as const)],
        project: free,
        reactions: { 'agent-stuck': { threshold: '4s', toolThreshold: '20s' } },
      },
      async ({ ana, knows }) => {
        await knows('trouble.escalated')
        await ana.sees('shop-1', 'silent for')
      },
    )

    story(
      'reports: what it says by "ao report" is found from its shell, and needs no question',
      { steps: [{ run: 'ao report done "It is written down."' }, { say: 'Done.' }] },
      async ({ knows }) => {
        expect(await knows('agent.reported')).toMatchObject({ kind: 'done', text: 'It is written down.' })
      },
    )

    story(
      'says what it used',
      {
        steps: [
          { run: 'true', usage: { input: 2_000, cached: 500, output: 100 } },
          { say: 'Done.', usage: { input: 100, cached: 2_500, output: 10 } },
        ],
        project: free,
      },
      async ({ ana, waits, picture }) => {
        await ana.sees('Done.')
        const used = await waits(
          'its usage',
          async () => (await picture()).usage,
          (usage) => usage.reduce((sum, { output }) => sum + output, 0) >= 110,
        )
        expect(used.find(({ output }) => output >= 110)).toMatchObject({ input: 2_100, cacheRead: 3_000, output: 110, ...kit.says })
      },
    )

    story(
      'lives on while the bot restarts, and its question is answered afterwards',
      { steps: [kit.commits('seventh'), { say: 'Both of us are back.' }] },
      async ({ ana, stops, starts, processes, commits }) => {
        await ana.sees('shop-1', 'asks')
        const [agent] = await processes()
        await stops()
        expect((await processes()).map(({ pid }) => pid)).toContain(agent?.pid)
        await starts()
        await ana.allows()
        await ana.sees('Both of us are back.')
        expect((await commits())[0]).toBe('seventh')
      },
    )
  })
}
