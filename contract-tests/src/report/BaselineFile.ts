/** The file that is looked for in the working directory. */
export const fileName = "contract.baseline.json"
