/**
 * What the command uses of undici: its agents. The whole of it is a hundred files more, with a fetch, web sockets and
 * caches of its own, loaded one by one at each start.
 */
import * as api from "undici/lib/api/index.js"
import Agent from "undici/lib/dispatcher/agent.js"
import Dispatcher from "undici/lib/dispatcher/dispatcher.js"
import EnvHttpProxyAgent from "undici/lib/dispatcher/env-http-proxy-agent.js"

// As undici's own index does.
Object.assign(Dispatcher.prototype, { request: api.request })

export { Agent, EnvHttpProxyAgent }
export default { Agent, EnvHttpProxyAgent }
