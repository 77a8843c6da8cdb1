import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../contracts/adapter.ts'
import { isInstalled, packages } from './install.ts'
import { environmentOf, type Kit } from './kits.ts'
import type { Step } from './model/script.ts'
import { openWorld, type World } from './world.ts'

/** The terminal that ana works in by hand: a tmux server of her own, a worktree, and the agent started in its shell. */
const byHand = async (world: World, kit: Kit, { socket, program }: { readonly socket: string; readonly program: string }) => {
  const [shop, folder] = [join(world.home, 'shop'), join(world.root, 'shop-fix')]
  const env = environmentOf(kit, { home: world.home, modelUrl: world.model.url })
  await execa('git', ['worktree', 'add', '--quiet', '-b', 'login', folder], { cwd: shop, env, extendEnv: false })
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await execa('tmux', ['-L', socket, '-f', '/dev/null', ...args], { env, extendEnv: false })).stdout
  await tmux('new-session', '-d', '-s', 'fix', '-x', '120', '-y', '40', '-c', folder, 'bash --noprofile --norc -i')
  onTestFinished(async () => void (await execa('tmux', ['-L', socket, 'kill-server'], { reject: false })), 30_000)
  const screen = (): Promise<string> => tmux('capture-pane', '-p', '-t', '=fix:')
  const sees = async (words: RegExp): Promise<string> => {
    let last = ''
    const look = async (): Promise<string> => (last = await screen())
    return eventually(look, (shown) => words.test(shown), 60_000).catch(() => {
      throw new Error(`Its screen never showed ${words}:\n${last}`)
    })
  }
  const types = async (words: string): Promise<void> => {
    await tmux('send-keys', '-t', '=fix:', '-l', words)
    // What is typed fast counts as pasted, and then Enter is a line break.
    await new Promise((resolve) => setTimeout(resolve, 500))
    await tmux('send-keys', '-t', '=fix:', 'Enter')
  }
  await types(program)
  if (/trust/i.test(await sees(/trust|[❯›] (?!1)|\? for shortcuts|\(auto\)/i))) await tmux('send-keys', '-t', '=fix:', 'Enter')
  return { folder, screen, sees, types, runs: () => tmux('display-message', '-p', '-t', '=fix:', '#{pane_current_command}') }
}

/** What ana began by hand goes on in a session of the bot, with the real program. */
export const adoptStories = (kit: Kit, { program, ready }: { readonly program: string; readonly ready: RegExp }): void => {
  const open = async (name: string, steps: readonly Step[]) => {
    const [story, socket] = [`${kit.name}-${name}`, `ana-${kit.name}-${process.pid}-${name}`]
    const world = await openWorld(kit, story, { runtime: { ownSockets: [socket] } })
    onTestFinished(() => world.close(), 60_000)
    world.model.script(story, ...steps)
    const hand = await byHand(world, kit, { socket, program })
    await hand.sees(ready)
    return { world, hand, story }
  }

  describe.skipIf(!isInstalled(kit.name))(`adopt: the real ${packages[kit.name].bin} that was started by hand`, () => {
    test('goes on in the chat with the same conversation, in the same folder, which is left as it is', async () => {
      const { world, hand, story } = await open('adopt', [
        { say: 'I have begun.' },
        { say: 'I go on in the chat.', sees: 'Your user has left this terminal' },
        { say: 'Blue it is.', sees: 'make it blue' },
      ])
      const { ana, model, knows, waits } = world
      writeFileSync(join(hand.folder, 'half.txt'), 'not finished\n')
      await hand.types(`Write it down. STORY=${story}`)
      await hand.sees(/I have begun\./)

      await ana.says('adopt')
      await ana.sees(`${kit.name} in tmux session "fix"`, 'on login, of shop')
      await ana.says('adopt fix')
      await ana.sees('on branch login: shall I', 'goes on here as shop-1', 'It rests')
      await ana.presses('Adopt it')
      await knows('agent.adopted')
      await ana.sees('I go on in the chat.')
      expect(await hand.runs(), 'her shell has its terminal back').toBe('bash')
      const shown = model
        .asked(story)
        .at(-1)
        ?.asked.shown.map(({ text }) => text)
      expect(
        shown?.filter((text) => text.includes(`STORY=${story}`)),
        'her words, once',
      ).toHaveLength(1)
      const turns = (await world.facts()).filter(({ type }) => type === 'agent.idled')
      expect(turns, 'the turn of before is no news').toHaveLength(1)

      await ana.says('tell shop-1 make it blue')
      await ana.sees('Blue it is.')
      await ana.says('stop shop-1')
      await waits('the end of its processes', world.processes, (left) =>
        left.every(({ environment }) => !environment.includes('AO_SESSION=')),
      )
      await ana.says('clear shop-1')
      await ana.sees("a person's own")
      expect(readFileSync(join(hand.folder, 'half.txt'), 'utf8')).toBe('not finished\n')
      expect(existsSync(join(hand.folder, '.git'))).toBe(true)
      expect(model.complaints(), 'what the model complained about').toEqual([])
    }, 180_000)
  })
}
