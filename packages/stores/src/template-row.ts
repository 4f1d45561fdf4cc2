// Templates under their versions. They are no secret; they are sealed so that a change of one is found.
import { checkSameTemplate, copyTemplate, type StoredTemplate } from "@daypass/cross-account";
import type { Selectable } from "kysely";
import type { Place, Sealer } from "./create-sealer.js";
import type { SqliteQueries } from "./sqlite-queries.js";
import type { Tables } from "./sqlite-schema.js";

type Row = Selectable<Tables["templates"]>;

/** Where a template is sealed. */
export function templatePlace({ version, created }: Pick<Row, "version" | "created">): Place {
  return ["templates", "sealed", version, created];
}

/** Keeps a template unless it is there. Call it inside a transaction. Throws `CrossAccountError` `conflict`. */
export function keepTemplate(queries: SqliteQueries, template: StoredTemplate, sealer: Sealer): void {
  const fresh = copyTemplate(template);
  const kept = findTemplate(queries, fresh.version, sealer);
  if (kept !== undefined) {
    checkSameTemplate(kept, fresh);
    return;
  }
  const clear = { version: fresh.version, created: fresh.created.getTime() };
  const sealed = sealer.seal(fresh.description, templatePlace(clear));
  queries.run(queries.build.insertInto("templates").values({ ...clear, key_id: sealer.currentKeyId, sealed }));
}

/** Returns the template of a version. Throws `CrossAccountError` `unsealing_failed` when it is not as it was written. */
export function findTemplate(queries: SqliteQueries, version: string, sealer: Sealer): StoredTemplate | undefined {
  const row = queries.first(queries.build.selectFrom("templates").selectAll().where("version", "=", version));
  if (row === undefined) return undefined;
  const description = sealer.open(row.sealed, templatePlace(row));
  return copyTemplate({ version: row.version, description, created: new Date(row.created) });
}
