/** How many mutants are drawn of each document, and how many samples of each property tell on them, unless said otherwise. */

export const defaultRuns = 4
export const defaultSample = 600
