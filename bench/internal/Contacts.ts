/** Contacts as the API sends them, made from a number alone: every process of a bench sees the same ones. */

/** What the live API sends at most. */
export const perPage = 150

const names = [
  "Zoë Lindqvist",
  "Liam O'Brien",
  "山田 花子",
  "Priya Nair",
  "Łukasz Nowak",
  "Maria Fernández",
  "John Smith"
]
const cities = ["Dublin", "San Francisco", "東京", "München", "São Paulo", "Sydney", "Kraków"]
const plans = ["free", "pro", "scale", "enterprise"]

/** 24 hexadecimal characters, like a live id. */
export const idOf = (n: number): string => `65a1b2c3${(n * 2654435761).toString(16).padStart(16, "0")}`

const pick = <A>(from: ReadonlyArray<A>, n: number): A => from[n % from.length] as A

/** A contact of about 2 kB and 56 fields: those of the 2.15 description, and a few the live API adds. */
export const contact = (n: number, created = 1_600_000_000 + (n % 90_000_000)) => {
  const id = idOf(n)
  const user = n % 5 !== 0
  return {
    type: "contact",
    id,
    workspace_id: "ecahpwf5",
    external_id: user ? `user-${n}` : null,
    role: user ? "user" : "lead",
    email: user ? `person.${n}@example-${n % 997}.com` : null,
    phone: n % 3 === 0 ? `+3531${String(n).padStart(7, "0")}` : null,
    name: pick(names, n),
    avatar: n % 2 === 0 ? null : { type: "avatar", image_url: `https://static.intercomassets.com/avatars/${id}.png` },
    owner_id: n % 4 === 0 ? 5_017_690 + (n % 20) : null,
    social_profiles: {
      type: "list",
      data: n % 8 === 0 ? [{ type: "social_profile", name: "Twitter", url: `https://twitter.com/${id}` }] : []
    },
    has_hard_bounced: false,
    marked_email_as_spam: false,
    unsubscribed_from_emails: n % 11 === 0,
    unsubscribed_from_sms: false,
    created_at: created,
    updated_at: created + 86_400,
    signed_up_at: user ? created : null,
    last_seen_at: user ? created + 43_200 : null,
    last_replied_at: n % 6 === 0 ? created + 50_000 : null,
    last_contacted_at: n % 7 === 0 ? created + 60_000 : null,
    last_email_opened_at: n % 9 === 0 ? created + 70_000 : null,
    last_email_clicked_at: null,
    language_override: null,
    browser: "chrome",
    browser_version: `${100 + (n % 40)}.0.0.0`,
    browser_language: "en",
    os: "OS X 10.15.7",
    location: {
      type: "location",
      country: "Ireland",
      region: "Leinster",
      city: pick(cities, n),
      country_code: "IRL",
      continent_code: "EU"
    },
    android_app_name: null,
    android_app_version: null,
    android_device: null,
    android_os_version: null,
    android_sdk_version: null,
    android_last_seen_at: null,
    ios_app_name: null,
    ios_app_version: null,
    ios_device: null,
    ios_os_version: null,
    ios_sdk_version: null,
    ios_last_seen_at: null,
    custom_attributes: {
      plan: pick(plans, n),
      seats: n % 50,
      mrr: (n % 1000) / 4,
      trial: n % 3 === 0,
      churned_on: null,
      account_manager: `manager-${n % 12}@example.com`
    },
    tags: {
      type: "list",
      data: n % 2 === 0 ? [{ id: String(n % 40), type: "tag", url: `/tags/${n % 40}` }] : [],
      url: `/contacts/${id}/tags`,
      total_count: n % 2 === 0 ? 1 : 0,
      has_more: false
    },
    notes: { type: "list", data: [], url: `/contacts/${id}/notes`, total_count: 0, has_more: false },
    companies: {
      type: "list",
      data: [{ id: `66b2${String(n % 9999).padStart(20, "0")}`, type: "company", url: `/companies/66b2${n % 9999}` }],
      url: `/contacts/${id}/companies`,
      total_count: 1,
      has_more: false
    },
    opted_out_subscription_types: {
      type: "list",
      data: [],
      url: `/contacts/${id}/subscriptions`,
      total_count: 0,
      has_more: false
    },
    opted_in_subscription_types: {
      type: "list",
      data: [],
      url: `/contacts/${id}/subscriptions`,
      total_count: 0,
      has_more: false
    },
    utm_campaign: null,
    utm_content: null,
    utm_medium: null,
    utm_source: null,
    utm_term: null,
    referrer: null,
    sms_consent: false
  }
}

/** The body of page `index` (from 0) of a workspace with `records` contacts. */
export const page = (index: number, records: number) => {
  const from = index * perPage
  const to = Math.min(from + perPage, records)
  const pages = Math.max(1, Math.ceil(records / perPage))
  return {
    type: "list",
    data: Array.from({ length: to - from }, (_, offset) => contact(from + offset)),
    total_count: records,
    pages: {
      type: "pages",
      page: index + 1,
      per_page: perPage,
      total_pages: pages,
      ...(to < records ? { next: { page: index + 2, starting_after: `cursor-${index + 1}` } } : undefined)
    }
  }
}

/** The index of the page a cursor stands for. */
export const pageOf = (cursor: string | null): number => (cursor === null ? 0 : Number(cursor.slice("cursor-".length)))

/** Counts records and mixes their ids (FNV-1a), in order. */
export class Tally {
  records = 0
  hash = 0x811c9dc5

  add(id: string): void {
    this.records++
    let hash = this.hash
    for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
    this.hash = hash
  }

  get checksum(): string {
    return (this.hash >>> 0).toString(16).padStart(8, "0")
  }
}
