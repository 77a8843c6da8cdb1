import { describe, expect } from 'vitest'
import { idsIn } from '../../core/kit/wrap.ts'
import type { Kit } from './kits.ts'
import { storiesOf } from './story.ts'

const free = { permissions: 'permissionless' } as const

/** Stories of turns that are broken off, of many who speak at once, and of a network that goes away. */
export const interruptStories = (kit: Kit): void => {
  const story = storiesOf(kit)

  describe(`the real ${kit.name}, interrupted`, () => {
    story(
      'breaks off what it does when it is told so, and hears the words that came with it',
      { steps: [{ run: 'true' }, { silence: true }, { say: 'Then zod it is.', sees: 'use zod instead' }], project: free },
      async ({ ana, model, waits, knows, facts }, id) => {
        await waits(
          'the request that is not answered',
          () => model.asked(id).length,
          (count) => count === 2,
        )
        await ana.says('interrupt shop-1: use zod instead')
        await ana.sees('Then zod it is.')
        await knows('message.confirmed')
        const all = await facts()
        expect(all.find(({ type }) => type === 'agent.idled')).toMatchObject({ isBrokenOff: true })
        expect(all.filter(({ type }) => type === 'message.queued' || type === 'message.confirmed')).toHaveLength(2)
      },
    )

    story(
      'whose turn a person breaks off at its terminal is left alone: nobody is called, and nobody nudges it',
      {
        steps: [{ run: 'true' }, { silence: true }, { say: 'I go on.' }],
        project: free,
        reactions: { 'agent-idle': { auto: true, action: 'send-to-agent', threshold: '1s' } },
      },
      async ({ ana, model, waits, knows, facts, atTerminal, screen }, id) => {
        await waits(
          'the request that is not answered',
          () => model.asked(id).length,
          (count) => count === 2,
        )
        await waits('signs of work on its screen', screen, (shown) => /esc (?:to )?interrupt|Working/.test(shown))
        await atTerminal('Escape')
        if (kit.asksTwice !== undefined) {
          const again = kit.asksTwice
          await waits('the wish for a second Escape', screen, (shown) => again.test(shown))
          await atTerminal('Escape')
        }
        expect(await knows('agent.idled')).toMatchObject({ isBrokenOff: true })
        // What would have nudged it has been looked at more than once by the time that this is done.
        await ana.says('tell shop-1 go on')
        await ana.sees('I go on.')
        const idled = (await facts()).findIndex(({ type }) => type === 'agent.idled')
        const told = (await facts()).findIndex((fact) => fact.type === 'message.queued' && fact.from !== 'ao')
        expect((await facts()).slice(idled, told).filter(({ type }) => type === 'message.queued' || type === 'trouble.raised')).toEqual([])
      },
    )

    story(
      'hears twenty messages that come over four connections at once, each once, whole and in the order they were taken',
      {
        steps: [{ hold: 'busy', next: { run: 'true' } }, ...Array.from({ length: 24 }, () => ({ say: 'I heard it.' }))],
        project: free,
      },
      async ({ ana, model, waits, knows, facts }, id) => {
        await waits(
          'the first request',
          () => model.asked(id).length,
          (count) => count === 1,
        )
        const lines = (who: number, at: number): string => `word ${who}.${at} ${'of many '.repeat(at * 40)}end ${who}.${at}`
        await Promise.all(
          [1, 2, 3, 4].map(async (who) => {
            for (let at = 1; at <= 5; at += 1) await ana.says(`tell shop-1 ${lines(who, at)}`)
          }),
        )
        await knows('message.queued', 20)
        model.go('busy')
        await knows('message.confirmed', 20)
        const queued = (await facts()).flatMap((fact) => (fact.type === 'message.queued' ? [fact] : []))
        const shown = (): readonly string[] => (model.asked(id).at(-1)?.asked.shown ?? []).map(({ text }) => text)
        const heard = await waits(
          'all of them at the model',
          () => shown().flatMap(idsIn),
          (ids) => ids.length >= 20,
        )
        expect(heard).toEqual(queued.map((fact) => fact.id))
        for (const { text } of queued) expect(shown().filter((one) => one.includes(text))).toHaveLength(1)
      },
    )

    story(
      'whose model can no longer be reached does not keep that to itself',
      {
        steps: [{ hold: 'gone', next: { run: 'true' } }],
        project: free,
        reactions: {
          'agent-stuck': { threshold: '4s', toolThreshold: '20s' },
          'agent-idle': { auto: false, action: 'notify', threshold: '1s' },
        },
      },
      async ({ ana, model, waits, facts }, id) => {
        await waits(
          'the first request',
          () => model.asked(id).length,
          (count) => count === 1,
        )
        await model.vanish()
        const escalated = await waits(
          'people who are called',
          async () => (await facts()).find(({ type }) => type === 'trouble.escalated') ?? null,
          (fact) => fact !== null,
        )
        expect(escalated).toMatchObject({ key: expect.stringMatching(/^agent-(?:stuck|idle|exited|needs-input)$/) })
        await ana.sees('shop-1', /stuck/.test(JSON.stringify(escalated)) ? 'silent for' : 'shop-1')
      },
    )
  })
}
