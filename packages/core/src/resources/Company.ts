/** A company, as the API sends it, wherever it is. */
import * as Schema from "effect/Schema"
import { CustomAttributes, nullish, open, openEnum, UnixSeconds } from "../Wire.ts"
import { CompanyId, EmbeddedTags, SegmentId } from "./Common.ts"
import { ContactReferences } from "./Contact.ts"

/** What the company pays for; `{}` live when it has no plan. Requests give it as a string, its name. */
export class CompanyPlan extends Schema.Opaque<CompanyPlan>()(
  open({
    type: nullish(openEnum("plan")),
    id: nullish(Schema.String),
    name: nullish(Schema.String)
  })
) {}

/** The segments a company is in. Live entries have `type` and `id` only. */
export class CompanySegments extends Schema.Opaque<CompanySegments>()(
  open({
    type: nullish(openEnum("segment.list")),
    segments: nullish(
      Schema.Array(
        open({
          type: nullish(openEnum("segment")),
          id: nullish(SegmentId),
          name: nullish(Schema.String),
          created_at: nullish(UnixSeconds),
          updated_at: nullish(UnixSeconds),
          person_type: nullish(openEnum("contact", "user")),
          count: nullish(Schema.Int)
        })
      )
    )
  })
) {}

const companyFields = {
  name: nullish(Schema.String),
  /** The workspace. */
  app_id: nullish(Schema.String),
  /** Your own id for the company. */
  company_id: nullish(Schema.String),
  plan: nullish(CompanyPlan),
  /** When the company was created on your side, as you told. */
  remote_created_at: nullish(UnixSeconds),
  created_at: nullish(UnixSeconds),
  updated_at: nullish(UnixSeconds),
  /** When one of its contacts last made a request. */
  last_request_at: nullish(UnixSeconds),
  /** Employees. Missing live when not set, as is `industry`. */
  size: nullish(Schema.Int),
  website: nullish(Schema.String),
  industry: nullish(Schema.String),
  /** What the company pays you a month, in your currency. */
  monthly_spend: nullish(Schema.Finite),
  session_count: nullish(Schema.Int),
  user_count: nullish(Schema.Int),
  custom_attributes: nullish(CustomAttributes),
  tags: nullish(EmbeddedTags),
  segments: nullish(CompanySegments)
} as const

/**
 * A company, as the API sends it. Times are Unix seconds; any field but `type` and `id` may be null or missing;
 * fields not listed here are kept. Source: the official 2.15 document and recorded answers.
 */
export class Company extends Schema.Opaque<Company>()(
  open({ type: openEnum("company"), id: CompanyId, ...companyFields })
) {}

/** A company that was attached to a contact, or detached: with its notes, in live answers. */
export class AttachedCompany extends Schema.Opaque<AttachedCompany>()(
  open({ type: openEnum("company"), id: CompanyId, ...companyFields, notes: nullish(ContactReferences) })
) {}

/** A company inside another object, where even `type` and `id` are not certain. */
export class EmbeddedCompany extends Schema.Opaque<EmbeddedCompany>()(
  open({ type: nullish(openEnum("company")), id: nullish(CompanyId), ...companyFields })
) {}
