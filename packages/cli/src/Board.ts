/** What an export is doing: which resources wait, which run and how; made of the events, and of nothing else. */
import type { Checkpoint } from "@effect-intercom/export/Checkpoint"
import type { Event } from "@effect-intercom/export/Progress"
import type { View } from "./ProgressLine.ts"
import type { Pause } from "./Traffic.ts"

/** A resource under way. */
interface Track {
  readonly start: Checkpoint
  readonly latest: Checkpoint
  /** Moments, as `now` is. */
  readonly startedAt: number
  readonly stepAt: number
}

export interface Board {
  readonly waiting: ReadonlyArray<string>
  readonly running: { readonly [resource: string]: Track }
}

/** A moment: milliseconds of a clock that nobody sets. */
export interface Moment {
  readonly now: number
}

export const make = (resources: ReadonlyArray<string>): Board => ({ waiting: resources, running: {} })

/** The board after an event. */
export const advance = (board: Board, event: Event, { now }: Moment): Board => {
  const waiting = board.waiting.filter((resource) => resource !== event.resource)
  const { [event.resource]: track, ...others } = board.running
  switch (event._tag) {
    case "Started": {
      const { checkpoint } = event
      const track = { start: checkpoint, latest: checkpoint, startedAt: now, stepAt: now }
      return { waiting, running: { ...others, [event.resource]: track } }
    }
    case "StepWritten": {
      if (track === undefined) return board
      const next = { ...track, latest: event.checkpoint, stepAt: now }
      return { waiting, running: { ...others, [event.resource]: next } }
    }
    default:
      return { waiting, running: others }
  }
}

const seen = ({ counts }: Checkpoint): number => counts.read + counts.missing

/** How a resource is doing; `undefined` when it is not under way. */
export const view = ({ running }: Board, resource: string, { now }: Moment, pause?: Pause): View | undefined => {
  const track = running[resource]
  if (track === undefined) return undefined
  const { latest, start, startedAt, stepAt } = track
  const seconds = (now - startedAt) / 1000
  return {
    resource,
    // What is left out, having not changed, is work done too.
    records: latest.counts.read,
    quarantined: latest.counts.quarantined,
    missing: latest.counts.missing,
    total: latest.total,
    // The first second says nothing yet; and a walk that started over has less than it started with.
    rate: seconds >= 1 ? Math.max(0, seen(latest) - seen(start)) / seconds : 0,
    silence: now - stepAt,
    // As of its last step: others are under way beside it.
    requests: latest.effort.requests,
    retries: latest.effort.retries,
    waited: latest.effort.waitedMillis,
    pause
  }
}

/** Milliseconds a resource has been under way in this run. */
export const millis = ({ running }: Board, resource: string, { now }: Moment): number => {
  const track = running[resource]
  return track === undefined ? 0 : now - track.startedAt
}
