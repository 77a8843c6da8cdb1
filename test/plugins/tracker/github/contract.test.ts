import { expect } from 'vitest'
import { trackerContract } from '../../../contracts/tracker.ts'
import { makeGithubWorld } from './world.ts'

trackerContract('the github tracker', async () => {
  const world = await makeGithubWorld()
  return {
    tracker: world.tracker,
    add: async ({ title, body, author }) => `#${(await world.forge.person(author).opens(world.shop, { title, body })).number}`,
    peek: async (key) => {
      const { state, body, comments, labels } = world.issue(Number(key.slice(1)))
      return {
        isOpen: state === 'open',
        text: [body, ...comments.map((comment) => comment.body)].join('\n'),
        labels: labels.map(({ name }) => name),
      }
    },
    close: async () => {
      expect(world.forge.complaints).toEqual([])
      await world.close()
    },
  }
})
