import { request } from "undici"
import { measure } from "./Start.ts"

await measure(async (baseUrl) => (await request(`${baseUrl}/contacts?per_page=1`)).body.json())
process.exit()
