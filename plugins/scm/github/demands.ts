/** What a base branch demands of a change before it takes it, as far as this token is told. */
export type Demands = {
  /** Names of checks. */
  readonly checks: readonly string[]
  /** Must a change have the newest base? Null: nobody says. */
  readonly isUpToDateWanted: boolean | null
}

export const noDemands: Demands = { checks: [], isUpToDateWanted: null }

type Key = { readonly repository: string; readonly base: string }

/**
 * Everybody is told of required checks (`refUpdateRule`), only those who administer the repository of the rule itself.
 */
export const demandsSlot = ({ repository, base }: Key, name: string) => ({
  declares: `$r${name}: ID!, $b${name}: String!`,
  asks: `${name}: node(id: $r${name}) { ... on Repository { ref(qualifiedName: $b${name}) {
    refUpdateRule { requiredStatusCheckContexts }
    branchProtectionRule { requiresStrictStatusChecks }
  } } }`,
  variables: { [`r${name}`]: repository, [`b${name}`]: `refs/heads/${base}` },
})

type Raw = {
  readonly ref: {
    readonly refUpdateRule: { readonly requiredStatusCheckContexts: readonly (string | null)[] | null } | null
    readonly branchProtectionRule: { readonly requiresStrictStatusChecks: boolean } | null
  } | null
}

/** A branch that is gone demands nothing. */
export const demandsIn = ({ ref }: Raw): Demands => ({
  checks: (ref?.refUpdateRule?.requiredStatusCheckContexts ?? []).flatMap((name) => name ?? []),
  isUpToDateWanted: ref?.branchProtectionRule?.requiresStrictStatusChecks ?? null,
})
