/** Words the records are made of. Names come as the API has them: any script, and HTML-escaped where they were stored so. */

type Words = readonly [string, ...ReadonlyArray<string>]

/** Each given name with the form an email address can have. */
export const givenNames: readonly [readonly [string, string], ...ReadonlyArray<readonly [string, string]>] = [
  ["Ada", "ada"],
  ["José", "jose"],
  ["Zoë", "zoe"],
  ["Łukasz", "lukasz"],
  ["さくら", "sakura"],
  ["Øyvind", "oyvind"],
  ["Ngọc", "ngoc"],
  ["Σοφία", "sofia"],
  ["Юлия", "yulia"],
  ["محمد", "mohammed"],
  ["Amara", "amara"],
  ["Jean-Luc", "jean.luc"],
  ["Grace", "grace"],
  ["Mia 🌻", "mia"],
  ["Tom", "tom"],
  ["Priya", "priya"]
]

export const familyNames: readonly [readonly [string, string], ...ReadonlyArray<readonly [string, string]>] = [
  ["Lovelace", "lovelace"],
  ["García Márquez", "garcia"],
  ["O&#39;Brien", "obrien"],
  ["Kowalski", "kowalski"],
  ["田中", "tanaka"],
  ["Hansen", "hansen"],
  ["Nguyễn", "nguyen"],
  ["Smith &amp; Sons", "smith"],
  ["Иванова", "ivanova"],
  ["Okafor", "okafor"],
  ["Müller", "mueller"],
  ["D&#39;Angelo", "dangelo"],
  ["Hopper", "hopper"],
  ["Çelik", "celik"]
]

export const companyNames: Words = [
  "Northwind Traders",
  "Phone &amp; SMS Ltd.",
  "Café del Mar",
  "Blaue Brücke GmbH",
  "さくら商事",
  "Tyrell",
  "Acme &lt;Labs&gt;",
  "Kiwi Freight"
]

export const domains: Words = ["example.com", "example.org", "mail.example.net", "bücher.example", "corp.example"]

/** Country, region, city, code of the country, code of the continent. */
export const places: readonly [
  readonly [string, string, string, string, string],
  ...ReadonlyArray<readonly [string, string, string, string, string]>
] = [
  ["Ireland", "Dublin", "Dublin", "IRL", "EU"],
  ["Brazil", "São Paulo", "São Paulo", "BRA", "SA"],
  ["Japan", "Tōkyō", "Shibuya", "JPN", "AS"],
  ["United States", "California", "San Francisco", "USA", "NA"],
  ["Switzerland", "Zürich", "Zürich", "CHE", "EU"],
  ["Nigeria", "Lagos", "Ikeja", "NGA", "AF"],
  ["Australia", "New South Wales", "Sydney", "AUS", "OC"]
]

export const browsers: Words = ["chrome", "firefox", "safari", "edge"]
export const systems: Words = ["OS X 10.15.7", "Windows 10", "Linux", "Android 14", "iOS 18.1"]
export const languages: Words = ["en", "de", "ja", "pt-BR", "fr", "pl"]
export const plans: Words = ["free", "starter", "growth", "enterprise"]
export const industries: Words = ["Software", "Retail", "Logistics", "Healthcare", "Éducation"]
export const eventNames: Words = ["signed-in", "invited-teammate", "placed-order", "upgraded-plan", "exported-report"]
export const subjects: Words = [
  "Where is my invoice?",
  "Can&#39;t log in",
  "Ещё вопрос",
  "Feature request: exports",
  "返金について",
  "Webhook stopped 🙈"
]
export const sentences: Words = [
  "Hello, could you help me with my account?",
  "Thanks for the quick reply!",
  "We have looked into it and it should work now.",
  "It says &quot;something went wrong&quot; since yesterday.",
  "¿Hay una versión en español?",
  "Perfect, merci beaucoup."
]
export const topics: Words = [
  "Getting started",
  "Billing &amp; plans",
  "Importing contacts",
  "Sécurité",
  "データの書き出し"
]
export const segmentNames: Words = ["Active", "New", "Slipping Away", "Paying", "Überfällig", "Trial &amp; leads"]
export const tagNames: Words = [
  "VIP",
  "Beta",
  "Churn risk",
  "Überfällig",
  "返金",
  "Bug &amp; crash",
  "Partner",
  "Needs follow-up"
]
