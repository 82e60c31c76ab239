export * as Changes from "./Changes.ts"
export * as Checkpoint from "./Checkpoint.ts"
export * from "./Compression.ts"
export * as Document from "./Document.ts"
export * as Effort from "./Effort.ts"
export * as Export from "./Export.ts"
export * from "./ExportError.ts"
export * as Format from "./Format.ts"
export * from "./Host.ts"
export * as Lock from "./Lock.ts"
export * as Manifest from "./Manifest.ts"
export * as Memory from "./Memory.ts"
export * as Ndjson from "./Ndjson.ts"
export * as Overview from "./Overview.ts"
export * as PageSize from "./PageSize.ts"
export * as PartFile from "./PartFile.ts"
export * as Plan from "./Plan.ts"
export * as Progress from "./Progress.ts"
export * as Quarantine from "./Quarantine.ts"
export * as Report from "./Report.ts"
export * as Resource from "./Resource.ts"
export * as Scroll from "./Scroll.ts"
export * from "./Sha256.ts"
export * from "./Sink.ts"
export * as SinkKit from "./SinkKit.ts"
<<<<<<< HEAD
<<<<<<< HEAD
=======
>>>>>>> cli
export * as Source from "./Source.ts"
export * as Table from "./Table.ts"
export * as Verify from "./Verify.ts"
export * as Walk from "./Walk.ts"
export * as Windows from "./Windows.ts"
<<<<<<< HEAD
=======
export * from "./Compression.ts"
export * as Ndjson from "./Ndjson.ts"
>>>>>>> sinks
=======
>>>>>>> cli
