import { IntercomClient } from "intercom-client"
import { measure } from "./Start.ts"

await measure((baseUrl) => new IntercomClient({ token: "bench", baseUrl }).contacts.list({ per_page: 1 }))
process.exit()
