import { adapterContract } from '../../contracts/adapter.ts'
import { abilities, contractWorld } from './world.ts'

adapterContract('Discord in a private chat', () => contractWorld(true), { ...abilities, overhears: false })
