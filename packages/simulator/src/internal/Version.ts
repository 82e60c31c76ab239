import { ApiVersion } from "@effect-intercom/core"

/** Whether the API ever had this version; another one it refuses. */
export const isVersion = (version: string): boolean => /^(0|1\.[0-4]|2\.([0-9]|1[0-7])|Preview|Unstable)$/.test(version)

/** Whether answers are those of 2.16 or later. */
export const isFrom216 = (version: string): boolean => ApiVersion.isAtLeast(version, "2.16")
