import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Tracker } from '../../core/contracts/plugins.ts'

/** A tracker with whatever holds its issues, so that a test can write and read them behind its back. */
export type TrackerWorld = {
  readonly tracker: Tracker
  /** Writes an open issue and gives its key. */
  add(issue: { readonly title: string; readonly body: string; readonly author: string }): Promise<string>
  /** The issue as its keeper sees it; `text` is its body with all notes, `labels` in any order. */
  peek(key: string): Promise<{ readonly isOpen: boolean; readonly text: string; readonly labels: readonly string[] }>
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

    it('finds the only open one that words fit', async () => {
      const key = await add('Fix the login page')
      await add('Fix the cart')
      const closed = await add('Paint the login page')
      await world.tracker.close(closed, 'done')
      for (const words of ['login page', 'Page LOGIN', 'fix a login']) expect((await world.tracker.find(words)).key, words).toBe(key)
      for (const words of ['fix the', 'login cart', 'paint login', 'to do'])
        await expect(world.tracker.find(words), words).rejects.toMatchObject({ code: 'TASK_UNKNOWN' })
    })

    it('tells whether it is open and what it is labelled', async () => {
      const key = await add('One')
      await world.tracker.label(key, 'bug', true)
      expect((await world.tracker.find(key)).context).toMatchObject({ isOpen: true, labels: ['bug'], assignees: [], related: [] })
      await world.tracker.close(key, 'done')
      expect((await world.tracker.find(key)).context).toMatchObject({ isOpen: false, labels: ['bug'] })
    })

    it('answers an unknown key with the open ones that come nearest', async () => {
      const key = await add('Fix the login')
      await expect(world.tracker.find('#987')).rejects.toMatchObject({ code: 'TASK_UNKNOWN', hint: expect.stringContaining(key) })
      await expect(world.tracker.close('#987', 'done')).rejects.toMatchObject({ code: 'TASK_UNKNOWN' })
      await expect(world.tracker.note('#987', { id: 'n1', text: 'Begun.' })).rejects.toMatchObject({ code: 'TASK_UNKNOWN' })
      for (const isOn of [true, false])
        await expect(world.tracker.label('#987', 'bug', isOn)).rejects.toMatchObject({ code: 'TASK_UNKNOWN' })
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

    it('writes a new task, and twice is once', async () => {
      const before = await add('One')
      const task = { id: 'made-1', title: 'Fix the *login* 🙂', body: 'First line\n\n---\n<!channel> & "quotes"\n', by: 'Ben' }
      const made = await world.tracker.create(task)
      expect(made).toMatchObject({ title: task.title, body: expect.stringContaining(task.body.trim()) })
      expect(made.key).not.toBe(before)
      expect((await world.tracker.create({ ...task, title: 'Another title' })).key).toBe(made.key)
      const other = await world.tracker.create({ ...task, id: 'made-2' })
      expect((await world.tracker.list()).map(({ key }) => key)).toEqual([before, made.key, other.key])
      expect(await world.tracker.find(made.key)).toMatchObject({ key: made.key, title: task.title })
      expect((await world.peek(made.key)).isOpen).toBe(true)
    })

    it('writes one task when it is asked twice at once, and two when it is asked for two', async () => {
      const task = { id: 'made-1', title: 'One', body: 'Please.', by: 'Ben' }
      const [one, other] = await Promise.all([world.tracker.create(task), world.tracker.create(task)])
      expect(one.key).toBe(other.key)
      const [two, three] = await Promise.all(['made-2', 'made-3'].map((id) => world.tracker.create({ ...task, id })))
      expect((await world.tracker.list()).map(({ key }) => key).sort()).toEqual([one.key, two?.key, three?.key].sort())
    })

    it('notes what it is told, and the same note twice is once', async () => {
      const key = await add('One', 'The words.')
      await world.tracker.note(key, { id: 'n1', text: 'Work has begun.' })
      await world.tracker.note(key, { id: 'n1', text: 'Work has begun.' })
      await world.tracker.note(key, { id: 'n2', text: 'Work has begun.' })
      await world.tracker.close(key, 'done')
      await world.tracker.note(key, { id: 'n3', text: 'It is merged.' })
      const { text, isOpen } = await world.peek(key)
      expect(text).toContain('The words.')
      expect(text.split('Work has begun.')).toHaveLength(3)
      expect(text.split('It is merged.')).toHaveLength(2)
      expect(isOpen).toBe(false)
    })

    it('puts a label on and takes it off, and twice is once', async () => {
      const key = await add('One')
      const labels = async () => [...(await world.peek(key)).labels].sort()
      await world.tracker.label(key, 'in work', true)
      await world.tracker.label(key, 'in work', true)
      await world.tracker.label(key, 'bug', true)
      expect(await labels()).toEqual(['bug', 'in work'])
      await world.tracker.label(key, 'in work', false)
      await world.tracker.label(key, 'in work', false)
      await world.tracker.label(key, 'never there', false)
      expect(await labels()).toEqual(['bug'])
    })

    it('still finds what is closed', async () => {
      const key = await add('One')
      await world.tracker.close(key, 'done')
      expect(await world.tracker.find(key)).toMatchObject({ key, title: 'One' })
    })
  })
}
