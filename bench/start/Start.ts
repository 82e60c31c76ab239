/** Prints what the first answer cost, from the start of the process on. */
export const measure = async (ask: (baseUrl: string) => Promise<unknown>): Promise<void> => {
  const [baseUrl = ""] = process.argv.slice(2)
  await ask(baseUrl)
  const { system, user } = process.cpuUsage()
  console.log(JSON.stringify({ cpu: (user + system) / 1000, wall: performance.now() }))
}
