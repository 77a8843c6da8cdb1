import { adapterContract } from '../../contracts/adapter.ts'
import { abilities, contractWorld } from './world.ts'

adapterContract('Discord in a channel', () => contractWorld(false), { ...abilities, overhears: true })
