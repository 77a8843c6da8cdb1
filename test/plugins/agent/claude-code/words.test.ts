import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isFault } from '../../../../core/kit/fault.ts'
import {
  call,
  children,
  folder,
  hook,
  leave,
  lives,
  passes,
  pause,
  picture,
  startAs,
  state,
  tell,
  untaken,
  until,
  untilPrinted,
  waiting,
  waits,
} from './hooking.ts'

test('a model that does not answer ends the turn, and words then wake the agent', async () => {
  const waker = hook('Wake', {})
  await until(() => existsSync(join(state, 'waker.fifo')))
  await hook('StopFailure', { error: 'rate_limit', last_assistant_message: 'No more today' }).done
  expect(picture().turnEnded?.message).toBe('No more today')
  expect(await tell('m1', 'ana: again')).toBe('own')
  expect((await waker.done).code).toBe(2)
})

describe('words for the agent', () => {
  test('reach it after the next tool, and only once', async () => {
    const told = tell('m1', 'ana: "hi" \\ $HOME\nline two')
    await until(() => waiting().length === 1)
    const { stdout } = await hook('PostToolUse', call('ls')).done
    expect(JSON.parse(stdout).hookSpecificOutput).toEqual({
      hookEventName: 'PostToolUse',
      additionalContext: '[ao #m1] ana: "hi" \\ $HOME\nline two .',
    })
    expect(await told).toBe('own')
    expect((await hook('PostToolUse', call('ls')).done).stdout).toBe('')
  })

  test('are not given to an agent below the main one, which would keep them to itself', async () => {
    const told = tell('m1', 'ana: hello')
    await until(() => waiting().length === 1)
    expect((await hook('PostToolUse', { agent_id: 'a1', ...call('ls') }).done).stdout).toBe('')
    expect((await hook('PostToolUse', call('ls')).done).stdout).toContain('#m1')
    expect(await told).toBe('own')
  })

  test('that are too long for there wait for the end of the turn, in order', async () => {
    const long = 'bob: ä"\n'.repeat(14_000)
    void tell('m1', long)
    await until(() => waiting().length === 1)
    passes(1)
    void tell('m2', 'cyn: after')
    await until(() => waiting().length === 2)
    expect((await hook('PostToolUse', call('ls')).done).stdout).toBe('')
    const { stdout } = await hook('Stop', { last_assistant_message: 'done' }).done
    expect(JSON.parse(stdout)).toEqual({ decision: 'block', reason: `[ao #m1] ${long.trimEnd()} .` })
    expect(picture().turnEnded).toBeNull()
    expect(JSON.parse((await hook('Stop', { last_assistant_message: 'done' }).done).stdout).hookSpecificOutput.additionalContext).toBe(
      '[ao #m2] cyn: after .',
    )
    await hook('Stop', { last_assistant_message: 'done' }).done
    expect(picture().turnEnded?.message).toBe('done')
  })

  test('wake an agent that rests, and leave one alone that works', async () => {
    const waker = hook('Wake', {})
    await until(() => existsSync(join(state, 'waker.fifo')))
    const told = tell('m1', 'ana: hello\nworld')
    await until(() => waiting().length === 1)
    await hook('UserPromptSubmit', { prompt: 'go' }).done
    expect(waiting()).toHaveLength(1)
    writeFileSync(join(state, 'idle'), '')
    expect(await told).toBe('own')
    expect(await waker.done).toMatchObject({ code: 2, stderr: '[ao #m1] ana: hello\nworld .' })
    expect(existsSync(join(state, 'idle'))).toBe(false)
  })

  test.each([
    ['its turn has ended', 'Stop', false],
    ['the model did not answer', 'StopFailure', true],
    ['it says that it rests', 'Notification', true],
  ])('that lie there while the bot is down reach an agent of which %s', async (_, event, isWoken) => {
    const waker = hook('Wake', {})
    await until(() => existsSync(join(state, 'waker.fifo')))
    await untaken('m1')
    await waits()
    const { stdout, code } = await hook(event, {}).done
    expect(code).toBe(0)
    expect(stdout).toBe(isWoken ? '' : '{"hookSpecificOutput":{"hookEventName":"Stop","additionalContext":"[ao #m1] ana: hello ."}}\n')
    await until(() => waiting().length === 0)
    if (isWoken) expect(await waker.done).toMatchObject({ code: 2, stderr: '[ao #m1] ana: hello .' })
  })

  test('wake an agent whose turn has ended, and none that has begun another', async () => {
    await hook('Stop', {}).done
    await hook('UserPromptSubmit', { prompt: 'go' }).done
    const waker = hook('Wake', {})
    await until(() => existsSync(join(state, 'waker.fifo')))
    const told = tell('m1', 'ana: hello')
    await until(() => waiting().length === 1)
    await pause(500) // long enough for it to look twice
    expect(waiting()).toHaveLength(1)
    await hook('StopFailure', {}).done
    expect(await told).toBe('own')
    expect((await waker.done).code).toBe(2)
  })

  test('are waited for by a new waiter where the last one was killed', async () => {
    const first = hook('Wake', {})
    await until(() => existsSync(join(state, 'waker.fifo')))
    first.child.kill('SIGKILL')
    await new Promise((resolve) => first.child.once('exit', resolve))
    await hook('Stop', {}).done
    const second = hook('Wake', {})
    expect(await tell('m1', 'ana: hello')).toBe('own')
    expect((await second.done).code).toBe(2)
  })

  test('cannot be had by an agent that has ended, until it is started again; a conversation begun anew is no end', async () => {
    await hook('SessionEnd', { reason: 'clear' }).done
    await untaken('m1')
    expect(waiting()).toHaveLength(1)
    await hook('SessionEnd', { reason: 'prompt_input_exit' }).done
    await expect(tell('m1', 'ana: hello')).rejects.toSatisfy((error) => isFault(error, 'AGENT_UNREACHABLE'))
    await hook('SessionStart', { source: 'resume' }).done
    const told = tell('m1', 'ana: hello')
    await hook('Stop', {}).done
    expect(await told).toBe('own')
  })

  test('wake an agent whose turn a person broke off, of which no hook tells', async () => {
    const waker = hook('Wake', {})
    await until(() => existsSync(join(state, 'waker.fifo')))
    mkdirSync(join(folder, 'elsewhere'))
    const row = (text: string): string => `${JSON.stringify({ type: 'user', message: { content: text } })}\n`
    writeFileSync(join(folder, 'elsewhere/c-1.jsonl'), row('go'))
    const told = tell('m1', 'ana: hello')
    await until(() => waiting().length === 1)
    await pause(500) // long enough for it to look twice
    expect(waiting()).toHaveLength(1)
    writeFileSync(join(folder, 'elsewhere/c-1.jsonl'), row('go') + row('[Request interrupted by user]'))
    expect(await told).toBe('own')
    expect((await waker.done).code).toBe(2)
  })

  test('are waited for by one waiter, whatever number of events ask for one', async () => {
    const wakers = [hook('Wake', {}), hook('Wake', {})]
    await until(() => existsSync(join(state, 'waker.fifo')))
    wakers.push(hook('Wake', {}))
    await Promise.any(wakers.map(({ done }) => done))
    await until(() => wakers.filter(({ child }) => child.exitCode === 0).length === 2)
    writeFileSync(join(state, 'idle'), '')
    expect(await tell('m1', 'ana: hello')).toBe('own')
    const ends = await Promise.all(wakers.map(({ done }) => done))
    expect(ends.map(({ code }) => code).sort()).toEqual([0, 0, 2])
  })

  test('pitfall 60: do not go with an old start: what waits for one belongs to it alone', async () => {
    const waker = hook('Wake', {})
    await until(() => existsSync(join(state, 'waker.fifo')))
    writeFileSync(join(state, 'idle'), '')
    startAs('run-2')
    const told = tell('m1', 'ana: hello')
    await until(() => waiting().length === 1)
    await hook('SessionStart', { source: 'resume' }).done
    expect(await waker.done).toMatchObject({ code: 0, stderr: '' })
    expect(waiting()).toHaveLength(1)
    await hook('Stop', {}).done
    expect(await told).toBe('own')
  })

  test('pitfall 60: are not taken by a waiter whose agent has died, and it ends', async () => {
    const agentProcess = spawn('/bin/sh', ['-c', `/bin/sh '${state}/hook.sh' Wake </dev/null 2>'${folder}/woken' & sleep 60`], {
      stdio: 'ignore',
    })
    children.push(agentProcess)
    await until(() => existsSync(join(state, 'waker.fifo')))
    const waker = Number(readFileSync(join(state, 'waker'), 'utf8'))
    agentProcess.kill('SIGKILL')
    await new Promise((resolve) => agentProcess.once('exit', resolve))
    writeFileSync(join(state, 'idle'), '')
    await expect(tell('m1', 'ana: hello')).rejects.toSatisfy((error) => isFault(error, 'AGENT_UNREACHABLE'))
    await until(() => !lives(waker))
    expect(readFileSync(join(folder, 'woken'), 'utf8')).toBe('')
    expect(waiting()).toHaveLength(1)
  })

  test('stay where they are while the bot is down, and telling them again does not double them', async () => {
    const stop = new AbortController()
    const told = tell('m1', 'ana: hello', stop.signal)
    await until(() => waiting().length === 1)
    stop.abort(new Error('stopped'))
    await expect(told).rejects.toThrow('stopped')
    const again = tell('m1', 'ana: hello')
    await hook('Stop', {}).done
    expect(await again).toBe('own')
    expect((await hook('Stop', {}).done).stdout).toBe('')
  })

  test('that a hook took and nobody saw are put there again, but not while they may be on their way', async () => {
    const told = tell('m1', 'ana: hello')
    await until(() => waiting().length === 1)
    await hook('Stop', {}).done
    await told
    expect(await tell('m1', 'ana: hello')).toBe('own')
    expect(waiting()).toHaveLength(0)
    passes(10_000)
    const again = tell('m1', 'ana: hello')
    expect(JSON.parse((await untilPrinted()).stdout).hookSpecificOutput.additionalContext).toBe('[ao #m1] ana: hello .')
    expect(await again).toBe('own')
  })

  test('cannot be had by an agent that was never started here', async () => {
    leave()
    await expect(tell('m1', 'x')).rejects.toSatisfy((error) => isFault(error, 'AGENT_UNREACHABLE'))
  })
})
