import { scmContract } from '../../../contracts/scm.ts'
import { makeGithubWorld } from './world.ts'

scmContract('the github scm', makeGithubWorld)
