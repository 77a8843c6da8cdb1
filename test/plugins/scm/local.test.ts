import { scmContract } from '../../contracts/scm.ts'
import { makeLocalWorld } from './world.ts'

scmContract('local', makeLocalWorld)
