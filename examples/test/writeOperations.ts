/** Writes the operations there are into the documents: `pnpm operations`. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { read, root } from "./Documents.ts"
import { documents, written } from "./OperationTables.ts"

for (const document of documents) writeFileSync(join(root, document), written(document, read(document)))
