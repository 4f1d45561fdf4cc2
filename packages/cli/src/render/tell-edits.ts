// What a person should know after a file of theirs was written.
import { display } from "@daypass/auth/terminal";

/** Returns a line for each file that others could read before and cannot now. */
export const tellEdits = (
  edits: readonly { readonly path: string; readonly tightenedFrom: number | undefined }[],
): string =>
  edits
    .flatMap(({ path, tightenedFrom }) =>
      tightenedFrom === undefined
        ? []
        : [`${display(path)} could be read by others (mode ${tightenedFrom.toString(8)}), and is closed to them now\n`],
    )
    .join("");
