import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Tracker } from '../../core/contracts/plugins.ts'

/** A tracker with whatever holds its issues, so that a test can write and read them behind its back. */
export type TrackerWorld = {
  readonly tracker: Tracker
  /** Writes an open issue and gives its key. */
  add(issue: { readonly title: string; readonly body: string; readonly author: string }): Promise<string>
  /** The issue as its keeper sees it; `text` is its body with all notes. */
  peek(key: string): Promise<{ readonly isOpen: boolean; readonly text: string }>
  close(): Promise<void>
}

/** What every tracker plugin must do. */
export const trackerContract = (name: string, make: () => Promise<TrackerWorld>): void => {
  describe(`${name} is a tracker`, () => {
    let world: TrackerWorld
    const add = (title: string, body = 'Please.') => world.add({ title, body, author: 'ada' })

    beforeEach(async () => {
      world = await make()
    })
    afterEach(() => world.close())

    it('finds a task by its key, with the words that were written', async () => {
      const body = 'First line\n\n```sh\nrm -rf /\n```\n<!channel> & "quotes" 🙂\n'
      const key = await add('Fix the *login* 🙂', body)
      expect(await world.tracker.find(key)).toMatchObject({ key, title: 'Fix the *login* 🙂', author: 'ada' })
      expect((await world.tracker.find(key)).body.trim()).toBe(body.trim())
    })

    it('takes a number without its sign', async () => {
      const key = await add('One')
      expect((await world.tracker.find(key.replace('#', ''))).key).toBe(key)
    })

    it('lists what is open, oldest first', async () => {
      const keys = [await add('One'), await add('Two'), await add('Three')]
      await world.tracker.close(keys[1] ?? '', 'done')
      expect((await world.tracker.list()).map(({ key }) => key)).toEqual([keys[0], keys[2]])
    })

    it('lists nothing when there is nothing', async () => {
      expect(await world.tracker.list()).toEqual([])
    })

    it('answers an unknown key with the open ones that come nearest', async () => {
      const key = await add('Fix the login')
      await expect(world.tracker.find('#987')).rejects.toMatchObject({ code: 'TASK_UNKNOWN', hint: expect.stringContaining(key) })
      await expect(world.tracker.close('#987', 'done')).rejects.toMatchObject({ code: 'TASK_UNKNOWN' })
    })

    it('closes with a note, and twice is once', async () => {
      const key = await add('One', 'The words.')
      await world.tracker.close(key, 'Merged as #7.')
      await world.tracker.close(key, 'Merged as #7.')
      const { isOpen, text } = await world.peek(key)
      expect(isOpen).toBe(false)
      expect(text).toContain('The words.')
      expect(text.split('Merged as #7.')).toHaveLength(2)
    })

    it('still finds what is closed', async () => {
      const key = await add('One')
      await world.tracker.close(key, 'done')
      expect(await world.tracker.find(key)).toMatchObject({ key, title: 'One' })
    })
  })
}
