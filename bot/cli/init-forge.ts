import { placeOf, type Remote } from '../../core/kit/git-remote.ts'
import { nameIn } from '../../plugins/github/remotes.ts'

const github = { gitUrl: 'https://github.com', host: 'github.com' }
const elsewhere = 'To work without GitHub say "ao init --force --forge local": issues and changes are then on this machine.'

/** What will not work with GitHub because of the remotes, and what to do about it; nothing where one is there. Pure. */
export const forgeWarnings = (remotes: readonly Remote[]): readonly string[] => {
  if (remotes.some(({ url }) => nameIn(url, github) !== null)) return []
  const lost = 'no issue is found, nothing is pushed, and no pull request is opened.'
  const [first] = remotes
  if (!first)
    return [
      `This repository has no remote, so nobody knows what it is called on GitHub: ${lost}`,
      'Say "git remote add origin https://github.com/OWNER/NAME.git" and "git push -u origin HEAD", or write "repository: OWNER/NAME" beside each "use: github" in bot.config.yaml.',
      elsewhere,
    ]
  return [
    `The remote "${first.name}" is ${whereIs(first.url)}, and no other is on github.com: as it is, ${lost}`,
    'Add a remote that is on GitHub, or write "repository: OWNER/NAME" beside each "use: github" in bot.config.yaml. If it is a GitHub Enterprise server, write its "apiUrl" there (docs/github.md).',
    elsewhere,
  ]
}

/** Where that is, without whatever else the address holds: people have tokens in them. */
const whereIs = (url: string): string => {
  const host = placeOf(url)?.host
  return host === undefined ? 'a folder of this machine' : `at ${host}`
}
