// The words of the program `daypass-audit`.
import { parseArgs } from "node:util";
import { CrossAccountError } from "@daypass/cross-account";

export const USAGE = `usage: daypass-audit verify --database FILE --keys FILE [--checkpoints FILE --public-key KEY.pem] [--json]
       daypass-audit checkpoint --database FILE --keys FILE --signing-key KEY.pem --key-id ID

verify reads the whole audit and changes nothing: exit code 0 when nothing is wrong, 1 when something is, 2 for wrong use.
checkpoint verifies, then prints one signed line that says how far the audit goes and how it reads. Keep these lines where
nobody who can write to the database can change them: only they show that the end was cut off or an older copy put back.

  --database FILE     the store's database, or a copy of it with its -wal file
  --keys FILE         the sealing keys, readable by their owner only:
                      {"current": {"id": "2026-11", "key": "32 bytes in base64"}, "previous": []}
  --checkpoints FILE  checkpoints, one on each line
  --public-key FILE   the Ed25519 public key that they are signed with, PEM
  --signing-key FILE  the Ed25519 private key, PEM, readable by its owner only
  --key-id ID         names the signing key in the checkpoint
  --json              print the report as JSON
  --help              show this
`;

interface Source {
  readonly database: string;
  readonly keys: string;
}

export type Arguments =
  | { readonly command: "help" }
  | (Source & { readonly command: "checkpoint"; readonly signingKey: string; readonly keyId: string })
  | (Source & {
      readonly command: "verify";
      readonly checkpoints: string | undefined;
      readonly publicKey: string | undefined;
      readonly json: boolean;
    });

/** Reads the arguments. Throws `CrossAccountError` `invalid_option`. */
export function readArguments(words: readonly string[]): Arguments {
  const { values, positionals } = parse(words);
  const [command, ...others] = positionals;
  if (values.help === true || command === undefined) return { command: "help" };
  if (others.length > 0)
    throw wrong(`there is one word too many: ${JSON.stringify(others[0])}`, "files are named by flags");
  if (command !== "verify" && command !== "checkpoint") {
    throw wrong(`there is no command ${JSON.stringify(command)}`, "use verify or checkpoint");
  }
  const source = {
    database: need(values.database, `${command} needs --database`, "name the store's database file"),
    keys: need(values.keys, `${command} needs --keys`, "name the file with the sealing keys"),
  };
  const { checkpoints, "public-key": publicKey, "signing-key": signingKey, "key-id": keyId, json } = values;
  if (command === "checkpoint") {
    if (checkpoints !== undefined || publicKey !== undefined || json === true) {
      throw wrong("checkpoint takes neither --checkpoints nor --public-key nor --json", "these are for verify");
    }
    return {
      command,
      ...source,
      signingKey: need(signingKey, "checkpoint needs --signing-key", "make one with `daypass-certificate keygen`"),
      keyId: need(keyId, "checkpoint needs --key-id", "name the key, for example audit-2026"),
    };
  }
  if (signingKey !== undefined || keyId !== undefined) {
    throw wrong("verify takes neither --signing-key nor --key-id", "these are for checkpoint");
  }
  if ((checkpoints === undefined) !== (publicKey === undefined)) {
    throw wrong(
      "--checkpoints and --public-key go together",
      "without the key anybody could have written the checkpoints",
    );
  }
  return { command, ...source, checkpoints, publicKey, json: json === true };
}

function parse(words: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        database: text,
        keys: text,
        checkpoints: text,
        "public-key": text,
        "signing-key": text,
        "key-id": text,
        json: flag,
        help: flag,
      },
    });
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : "wrong arguments", "see daypass-audit --help");
  }
}

function need(value: string | undefined, problem: string, hint: string): string {
  if (value !== undefined && value !== "") return value;
  throw wrong(problem, hint);
}

function wrong(problem: string, hint: string): CrossAccountError {
  return new CrossAccountError("invalid_option", problem, { hint });
}
