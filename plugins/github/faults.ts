import { catalogue, row } from '../../core/kit/fault.ts'

/** How a push was refused; each has its own cure. */
export type PushCause = 'moved' | 'base' | 'protected' | 'forbidden' | 'archived' | 'other'

/**
 * Everything GitHub refuses or cannot do, for whoever asks it. Facts that come from an answer: `status`, `says` (GitHub's own words,
 * shortened, without control characters and secrets), `path` (what was asked for).
 *
 * TOKEN_REFUSED may pass: GitHub refuses good tokens in its bad minutes, and a key file or a grant can be put right while the bot runs;
 * people hear of it after the usual tries. What a permission, a name or the law forbids does not pass by itself.
 */
export const fault = catalogue({
  GITHUB_UNREACHABLE: row<{ host: string; problem: string }>(
    (f) => `${f.host} cannot be reached: ${f.problem}.`,
    (f) => `Look at the network, at a proxy, and at "apiUrl"; www.githubstatus.com says whether ${f.host} has trouble itself.`,
    { mayPass: true },
  ),
  GITHUB_DOWN: row<{ host: string; status: number; says: string }>(
    (f) => `${f.host} has trouble of its own: it answered ${f.status} ("${f.says}").`,
    () => 'Wait until it works again; www.githubstatus.com says how far they are.',
    { mayPass: true },
  ),
  GITHUB_GARBLED: row<{ host: string; problem: string }>(
    (f) => `${f.host} gave an answer that is none of GitHub's: ${f.problem}.`,
    () => 'See that "apiUrl" is the address of the API, and that no proxy answers in its place.',
    { mayPass: true },
  ),
  GITHUB_LIMITED: row<{ host: string; why: string; when: string; untilMs: number }>(
    (f) => `${f.host} is asked nothing until ${f.when}: ${f.why}.`,
    () => 'Wait; it goes on by itself. If it happens often, let nothing else use the same token, or make a GitHub App.',
    { mayPass: true },
  ),
  TOKEN_REFUSED: row<{ host: string; credential: 'token' | 'app'; says: string }>(
    (f) => `${f.host} refuses the ${f.credential === 'app' ? 'GitHub App' : 'token'}: "${f.says}".`,
    (f) =>
      f.credential === 'app'
        ? 'See that "app.id" and "app.key" belong together, that the App is still there, and that this machine has the right time.'
        : 'It has expired, was revoked, or is mistyped: make a new one, put it into the variable that "token" names, and start the bot again.',
    { mayPass: true },
  ),
  FORBIDDEN: row<{ path: string; status: number; says: string; needs: string }>(
    (f) => `GitHub does not allow it (${f.path}): "${f.says}".`,
    (f) => `Give the token or the App what it needs: ${f.needs}.`,
  ),
  REPOSITORY_UNKNOWN: row<{ path: string; status: number; says: string }>(
    (f) => `GitHub has no ${f.path}, or does not show it to this token.`,
    () => 'See that the name is right, and that the token or the App may read this repository.',
  ),
  REPOSITORY_ARCHIVED: row<{ path: string; status: number; says: string }>(
    (f) => `The repository is archived and takes no changes (${f.path}).`,
    () => 'Take it out of the archive, at the bottom of its settings on GitHub.',
  ),
  GONE: row<{ path: string; status: number; says: string }>(
    (f) => `GitHub has it no longer (${f.path}): "${f.says}".`,
    () =>
      'If issues are meant, switch them on in the settings of the repository; a log that has expired is made anew by running its job again.',
  ),
  BLOCKED_BY_LAW: row<{ path: string; status: number; says: string }>(
    (f) => `GitHub keeps it closed for legal reasons (${f.path}): "${f.says}".`,
    () => 'Ask the owner of the repository; GitHub has written to them.',
  ),
  REFUSED: row<{ path: string; status: number; says: string }>(
    (f) => `GitHub refuses it (${f.path}): "${f.says}".`,
    () => 'Put right what it says and try again.',
  ),
  LOG_TOO_LONG: row<{ path: string; size: string; most: string }>(
    (f) => `The text behind ${f.path} has ${f.size}, and its server gives no part of it; no more than ${f.most} are read.`,
    () => 'Look at it on the page of the check.',
  ),
  REMOTE_UNKNOWN: row<{ project: string; host: string; remotes: readonly string[] }>(
    (f) =>
      f.remotes.length === 0
        ? `The repository of project "${f.project}" has no git remote, so nobody knows what it is called on ${f.host}.`
        : `No git remote of project "${f.project}" is at ${f.host}: ${[...f.remotes].join(', ')}.`,
    () => 'Write "repository: owner/name" for it, or "apiUrl" if it is on an Enterprise server.',
  ),
  APP_NOT_INSTALLED: row<{ repository: string; page: string; says: string }>(
    (f) => `The GitHub App may not act on ${f.repository}: "${f.says}".`,
    (f) => `Install it for that repository at ${f.page}, or take back its suspension there.`,
  ),
  KEY_UNREADABLE: row<{ path: string; problem: string }>(
    (f) => `The key of the GitHub App cannot be read from ${f.path}: ${f.problem}.`,
    () => 'Make a private key on the page of the App, save the .pem file there, and let only your user read it.',
  ),
  GIT_UNREACHABLE: row<{ url: string; problem: string }>(
    (f) => `Git cannot reach ${f.url}: ${f.problem}.`,
    () => 'Look at the network and at a proxy; for ssh, see that "ssh -T git@github.com" works for the user who runs the bot.',
    { mayPass: true },
  ),
  REF_UNKNOWN: row<{ ref: string; url: string }>(
    (f) => `There is no "${f.ref}" in ${f.url}.`,
    () => 'Push it there, or name another branch.',
  ),
  FETCH_FAILED: row<{ url: string; reason: string }>(
    (f) => `Git could not read from ${f.url}: ${f.reason}.`,
    (f) => `Run "git ls-remote ${f.url}" and put right what it says.`,
    { mayPass: true },
  ),
  PUSH_REFUSED: row<{ branch: string; url: string; reason: string; cause: PushCause }>(
    (f) => `The branch "${f.branch}" could not be pushed to ${f.url}: ${f.reason}.`,
    (f) => pushHints(f)[f.cause],
  ),
})

const pushHints = ({ branch, url }: { readonly branch: string; readonly url: string }): Readonly<Record<PushCause, string>> => ({
  moved: `Somebody else has pushed to it: run "git fetch ${url} ${branch} && git rebase FETCH_HEAD" in the workspace and push again.`,
  base: `Commit on a branch of its own instead of "${branch}".`,
  protected: `A rule of the repository protects "${branch}": let branches of this name be pushed in its settings, or work under another name.`,
  forbidden:
    'Give the token or the App "Contents: write", and "Workflows: write" (classic: the scope "workflow") where files in .github/workflows change.',
  archived: 'Take the repository out of the archive, at the bottom of its settings on GitHub.',
  other: `Run "git push ${url} HEAD:${branch}" in the workspace and put right what it says.`,
})
