import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { waysOut } from './outside.ts'

/** Tries to reach an address; what came of it. */
const reach = (host: string, port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3_000 })
    socket.once('connect', () => resolve('connected'))
    socket.once('timeout', () => resolve('timeout'))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.once('close', () => resolve('closed'))
  })

// 192.0.2.1 belongs to nobody: it is for documentation. https://www.rfc-editor.org/rfc/rfc5737
test.skipIf(process.env.AO_ISOLATED === undefined)('nothing leads out of this machine, neither for agents nor for tests', async () => {
  expect(waysOut()).toEqual([])
  expect(await reach('192.0.2.1', 443)).toBe('ENETUNREACH')
  expect(await reach('8.8.8.8', 53)).toBe('ENETUNREACH')
})
