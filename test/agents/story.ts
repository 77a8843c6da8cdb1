import { expect, onTestFinished, test } from 'vitest'
import type { Plugin } from '../../core/contracts/plugins.ts'
import { plugins } from '../../plugins/index.ts'
import { isInstalled } from './install.ts'
import type { Kit } from './kits.ts'
import type { Step } from './model/script.ts'
import { type Given, openWorld, type World } from './world.ts'

/** What a story begins with: what the model says in turn, and what the config says besides. */
export type Telling = Given & { readonly steps: readonly Step[] }

/** Tells one story; `story` is its name at the model. */
export type Story = (name: string, given: Telling, tell: (world: World, story: string) => Promise<void>) => void

const limitMs = 120_000

/**
 * How stories of one agent are told: each in a world of its own, in which `fix #1` has been said. In the end nothing may be wrong with what
 * the model was asked, the user's own files are as they were, and whatever still runs is ended. An agent that is not installed, or has no
 * plugin yet, is left out.
 */
export const storiesOf = (kit: Kit, plugin?: Plugin): Story => {
  const isThere = isInstalled(kit.name) && (plugin !== undefined || plugins.some(({ slot, name }) => slot === 'agent' && name === kit.name))
  let told = 0
  return (name, { steps, ...given }, tell) => {
    told += 1
    const story = `${kit.name}-${told}`
    test.skipIf(!isThere)(
      name,
      async () => {
        const world = await openWorld(kit, story, { ...given, plugin })
        onTestFinished(() => world.close(), 60_000)
        world.model.script(story, ...steps)
        await world.ana.says('fix #1')
        await tell(world, story)
        expect(world.model.complaints(), 'what the model complained about').toEqual([])
        expect(await world.touched(), "the user's own files").toEqual({})
      },
      limitMs,
    )
  }
}
