import { regions } from "../IntercomConfig.ts"
import { kindOf } from "./TransportCode.ts"

/** What is known of an answer that is no success. */
export interface Answered {
  readonly status: number
  readonly errors: ReadonlyArray<{ readonly code: string; readonly message?: string; readonly field?: string }>
  readonly body?: string
  readonly host?: string
  readonly workspace?: string
  readonly contentType?: string
  readonly encoding?: string
  readonly server?: string
  readonly authenticate?: string
  readonly location?: string
  readonly movedTo?: string
  readonly redirectsToItself?: boolean
}

const regionOf = (host: string | undefined): string | undefined =>
  Object.entries(regions).find(([, url]) => new URL(url).host === host)?.[0]

const hostOf = ({ host }: { readonly host?: string }): string => host ?? "the server"

/** Of an answer that is not in the API's format: what it is, and whose. */
const foreign = (answer: Answered): string | undefined => {
  const { body, contentType, encoding, errors, server } = answer
  if (errors.length > 0 || (body === undefined && contentType === undefined && encoding === undefined)) return undefined
  const packed = encoding === undefined ? "" : `, encoded as ${encoding}, which cannot be read here`
  const by = server === undefined ? "" : `, from a server that calls itself ${server}`
  return `The answer is not in the API's format (${contentType ?? "of no stated type"}${packed}${by})`
}

/** Whose client it is, where a store of tokens has its settings. */
interface Owned {
  readonly workspace?: string
}

/** Fields of what is stored for a workspace; what is not stored, the options for all workspaces say. */
const stored = (fields: string, workspace: string): string =>
  `${fields}, as stored for the workspace ${workspace} or given for all`

const baseUrl = ({ workspace }: Owned): string =>
  workspace === undefined ? "INTERCOM_BASE_URL" : stored("baseUrl", workspace)

const scroll = "It ends a minute after its last request."

const version = ({ workspace }: Owned): string =>
  workspace === undefined
    ? "Ask for a version the API has: check IntercomHttp.Version, the option version, and INTERCOM_VERSION."
    : `Ask for a version the API has: check ${stored("version", workspace)}, and IntercomHttp.Version.`

// The same code comes under several statuses.
const byCode: Readonly<Record<string, (answer: Owned) => string>> = {
  scroll_exists: () =>
    `Another scroll of this workspace's companies is open. ${scroll} Stop the program that walks it, or wait, and start again.`,
  intercom_version_invalid: version,
  api_plan_restricted: () => "The workspace's plan does not include this operation."
}

const token = "Check the access token (INTERCOM_ACCESS_TOKEN)"

/** Of a token that a store keeps. */
const unauthorizedOf = (workspace: string, region: string | undefined): string => {
  const stored = `Check the token that is stored for the workspace ${workspace}`
  return region === undefined
    ? `${stored}, and the region or base URL beside it.`
    : `${stored}; if it is right, the workspace is in another region than ${region}: store it with its region (${others(region)}).`
}

const others = (region: string): string =>
  Object.keys(regions)
    .filter((other) => other !== region)
    .join(" or ")

const unauthorized = (answer: Answered): string => {
  const region = regionOf(answer.host)
  if (answer.workspace !== undefined) return unauthorizedOf(answer.workspace, region)
  if (answer.host === undefined) return `${token} and its region (INTERCOM_REGION: us, eu or au).`
  if (region === undefined) {
    return `${token}, and where ${answer.host} passes it on: a token works in its own region only.`
  }
  return `${token}; if it is right, it is that of a workspace in another region than ${region} (INTERCOM_REGION: ${others(region)}).`
}

const redirect = (answer: Answered): string => {
  const { host, location, movedTo, redirectsToItself, status, workspace } = answer
  if (location === undefined) {
    return status === 0 ? "It redirects, and a browser does not tell where." : "It redirects, and does not say where."
  }
  if (redirectsToItself === true) {
    return `It redirects to ${location}, which is what was asked: a login or a gateway before the API may want something else first. Ask who runs ${hostOf(answer)}.`
  }
  const set =
    workspace === undefined ? "set INTERCOM_BASE_URL" : `set the baseUrl stored for the workspace ${workspace}`
  const advice = movedTo === undefined ? `Check ${baseUrl(answer)}.` : `If the API answers there, ${set} to ${movedTo}.`
  return host !== undefined && URL.parse(location)?.host === host
    ? `It redirects to ${location}, on the same host; redirects are not followed. ${advice}`
    : `It redirects to ${location}, where the token is not sent. ${advice}`
}

/** What may have become of a request, as far as it is known. */
export const fates = {
  sent: "The request may have been processed: look before sending a write again.",
  answered: "A write may have been processed: look before sending it again.",
  processed: "A write was probably processed: look before sending it again."
}

/** What is told of a request, where it is one that only reads. */
export const ofRead = (message: string): string =>
  Object.values(fates).reduce(
    (told, fate) => told.replace(fate, "Nothing was changed: asking again does no harm."),
    message
  )

/** Of an answer that leaves open what became of the request. */
export const later = `Try again later. ${fates.answered}`

const unknown = "The API answered with a status this client does not know."

const byStatus: Readonly<Record<number, (answer: Owned) => string>> = {
  304: () => unknown,
  402: () => "The workspace's plan, or what is owed for it, does not allow this.",
  405: (answer) => `Its address does not take this method: check ${baseUrl(answer)}.`,
  407: () => "A proxy on the way wants a login.",
  408: () => later,
  413: () => "Send less at once."
}

/** What to do about an answer without the API's word. */
const withoutWord = (answer: Answered): string | undefined => {
  const what = foreign(answer)
  if (what === undefined) return undefined
  const { authenticate, host, status } = answer
  const own = host === undefined ? "" : ` between here and ${host}`
  switch (status) {
    case 401:
      return authenticate === undefined
        ? `${what}: something${own} may want a login of its own.`
        : `${what}: something${own} wants a login of its own (${authenticate}).`
    case 403:
      return `${what}: a firewall or proxy${own} may have refused the request. Ask who runs it; some let pass another User-Agent (the option userAgent).`
    case 404:
      return `${what}: check the id, and that the API answers at ${hostOf(answer)} (${baseUrl(answer)}).`
    case 429:
      return `${what}: something${own} takes no more requests. Send fewer.`
    default:
      return status >= 500 ? `${what}: something${own} failed. ${later}` : `${what}: it does not tell what is wrong.`
  }
}

/** What to do about an answer that is no success, as far as it tells. */
export const ofAnswer = (answer: Answered, otherwise: string): string => {
  const { errors, status } = answer
  const known = errors.map(({ code }) => byCode[code]).find((remedy) => remedy !== undefined)
  if (known !== undefined) return known(answer)
  if (errors.some(({ message }) => /scroll parameter not found|restart the scroll/i.test(message ?? ""))) {
    return `The scroll is over. ${scroll} Start a new one.`
  }
  if (status !== 304 && (status === 0 || (status >= 300 && status < 400))) return redirect(answer)
  const silent = withoutWord(answer)
  if (silent !== undefined) return silent
  if (status === 401 || (status === 403 && errors.some(({ code }) => code.startsWith("token_"))))
    return unauthorized(answer)
  return byStatus[status]?.(answer) ?? otherwise
}

/** What is known of a connection that failed. */
export interface Failed {
  readonly sent: boolean
  readonly code?: string
  readonly description: string
  readonly host?: string
  readonly workspace?: string
}

const connection = (failed: Failed): string | undefined => {
  const host = hostOf(failed)
  const api = regionOf(failed.host) !== undefined
  switch (kindOf(failed)) {
    case "certificate":
      return `the certificate of ${host} is not trusted here. If an authority of your own signed it, name the file of that in NODE_EXTRA_CA_CERTS; else somebody may be listening.`
    case "hostname":
      return `the certificate is not for ${host}. Check the host in ${baseUrl(failed)}, and who answers there.`
    case "validity":
      return `the certificate of ${host} is not valid now. Check this machine's clock; else the server needs a new one.`
    case "tls":
      return `${host} does not speak TLS there. Check http or https, and the port, in ${baseUrl(failed)}.`
    case "name":
      return `the name of ${host} was not found. Check ${api ? "" : `${baseUrl(failed)}, `}the network and its DNS.`
    case "refused":
      return api
        ? `the connection to ${host} was refused. Check the network, its firewall and its proxy.`
        : `nothing listens at ${host}. Check host and port in ${baseUrl(failed)}.`
    case "unreachable":
      return `there is no way to ${host}. Check the network.`
    case "slow":
      return `${host} did not take the connection in time. Check the network, its firewall and its proxy.`
    case "browser":
      return "a browser does not tell why. The API takes no calls from pages: they need a server of yours as the base URL."
    default:
      return undefined
  }
}

/** What to do about a connection that failed. */
export const ofConnection = (failed: Failed): string => {
  const why = connection(failed)
  if (!failed.sent) {
    const settings =
      failed.workspace === undefined
        ? "INTERCOM_REGION and INTERCOM_BASE_URL"
        : `and ${stored("region and baseUrl", failed.workspace)}`
    return `Nothing was sent: ${why ?? `check the network, ${settings}.`}`
  }
  return why === undefined ? fates.sent : `${why.charAt(0).toUpperCase()}${why.slice(1)} ${fates.sent}`
}

/** What to do about a page in the place of an answer. */
export const ofPage = (owned: Owned): string =>
  `A page like this comes from a login, a proxy or another server than the API: check ${baseUrl(owned)}.`
