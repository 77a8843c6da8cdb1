import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createHttp, type Server } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { exchange } from '../../../plugins/github/exchange.ts'
import { runGit } from '../../../plugins/github/run-git.ts'

const kept = { ...process.env }
const portOf = (server: Server): number => (server.address() as AddressInfo).port // it listens on a port
const listening = <S extends Server>(server: S): Promise<S> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

let folder: string
let forge: Server
let proxy: Server
/** What the proxy was asked to connect to, with the password it was given. */
let connected: { readonly to: string; readonly as: string | undefined }[]
let doesRefuse: boolean
let tunnels: Duplex[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ao-proxy-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  await execa('openssl', `req -x509 -newkey rsa:2048 -nodes -subj /CN=api.forge.example -days 2 -keyout ${key} -out ${cert}`.split(' '))
  forge = await listening(
    createHttps({ key: await readFile(key), cert: await readFile(cert) }, (request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(`${request.headers.host} ${request.headers.authorization}`)
    }),
  )
})
afterAll(async () => {
  await closed(forge)
  await rm(folder, { recursive: true })
})

beforeEach(async () => {
  connected = []
  tunnels = []
  doesRefuse = false
  proxy = createHttp()
  proxy.on('connect', (request, socket) => {
    connected.push({ to: request.url ?? '', as: request.headers['proxy-authorization'] })
    tunnels.push(socket)
    socket.on('error', () => {}) // it was closed at the other end
    if (doesRefuse) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const there = connect(portOf(forge), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      there.pipe(socket).pipe(there)
    })
    there.on('error', () => socket.destroy())
    socket.on('close', () => there.destroy())
  })
  await listening(proxy)
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy']) delete process.env[name]
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0' // nobody has signed what this forge shows
})
afterEach(async () => {
  for (const tunnel of tunnels) tunnel.destroy()
  await closed(proxy)
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name]
  Object.assign(process.env, kept)
})

const ask = (url: string): Promise<string> =>
  exchange(
    { url, headers: { authorization: 'Bearer fake' } },
    { host: 'forge.example', timeoutMs: 5_000, signals: [] },
    async (response) => `${response.status} ${await response.text()}`,
  )

test('a request goes through the proxy that HTTPS_PROXY names, with its password, and is read by nobody on the way', async () => {
  process.env.HTTPS_PROXY = `http://bob:fake@127.0.0.1:${portOf(proxy)}`
  expect(await ask('https://api.forge.example/user')).toBe('200 api.forge.example Bearer fake')
  expect(connected).toEqual([{ to: 'api.forge.example:443', as: `Basic ${Buffer.from('bob:fake').toString('base64')}` }])
})

test('what NO_PROXY names is asked without it', async () => {
  process.env.https_proxy = `127.0.0.1:${portOf(proxy)}`
  process.env.NO_PROXY = 'localhost,127.0.0.1'
  expect(await ask(`https://127.0.0.1:${portOf(forge)}/user`)).toContain('200 ')
  expect(connected).toEqual([])
  await ask('https://api.forge.example/user')
  expect(connected).toHaveLength(1)
})

test('a proxy that refuses, and one that is none, are told as what they are', async () => {
  process.env.HTTPS_PROXY = `http://127.0.0.1:${portOf(proxy)}`
  doesRefuse = true
  const refused = { code: 'GITHUB_UNREACHABLE', message: expect.stringContaining('the proxy that HTTPS_PROXY names') }
  await expect(ask('https://api.forge.example/user')).rejects.toMatchObject(refused)
  process.env.HTTPS_PROXY = 'socks5://127.0.0.1:1080'
  await expect(ask('https://api.forge.example/user')).rejects.toMatchObject({
    code: 'GITHUB_UNREACHABLE',
    message: expect.stringContaining('HTTPS_PROXY names'),
  })
})

test('git takes the same way', async () => {
  process.env.HTTPS_PROXY = `http://127.0.0.1:${portOf(proxy)}`
  doesRefuse = true
  const args = ['ls-remote', 'https://forge.example/acme/shop.git']
  await runGit(folder, { args, env: {}, signal: new AbortController().signal, timeoutMs: 10_000 })
  expect(connected.map(({ to }) => to)).toContain('forge.example:443')
})
