// The words of the program `daypass-certificate`.
import { parseArgs } from "node:util";
import { CrossAccountError } from "../errors.js";

export const USAGE = `usage: daypass-certificate check FILE --public-key KEY.pem [options]
       daypass-certificate keygen --out KEY.pem

check says whether a certificate is good: exit code 0 when it is, 1 when it is not, 2 for wrong use.
FILE is the certificate as it was issued, or - for standard input.

  --public-key FILE  the vendor's Ed25519 public key, PEM
  --account ID       refuse a certificate about another account than this
  --vendor ID        refuse a certificate of another vendor account than this
  --json             print the certificate's content as JSON

keygen makes a signing key: the private one into FILE, readable by its owner only, and the public one to standard output.

  --help             show this
`;

export type Arguments =
  | { readonly command: "help" }
  | { readonly command: "keygen"; readonly out: string }
  | {
      readonly command: "check";
      readonly file: string;
      readonly publicKey: string;
      readonly account: string | undefined;
      readonly vendor: string | undefined;
      readonly json: boolean;
    };

/** Reads the arguments. Throws `CrossAccountError` `invalid_option`. */
export function readArguments(words: readonly string[]): Arguments {
  const { values, positionals } = parse(words);
  const [command, file, ...others] = positionals;
  if (values.help === true || command === undefined) return { command: "help" };
  if (command === "keygen") {
    if (file !== undefined) throw wrong("keygen takes no file", "name it with --out");
    if (values.out === undefined) throw wrong("keygen needs --out", "name the file for the private key");
    return { command, out: values.out };
  }
  if (command !== "check") throw wrong(`there is no command ${JSON.stringify(command)}`, "use check or keygen");
  if (file === undefined || others.length > 0)
    throw wrong("check takes one file", "name the certificate, or - for standard input");
  const publicKey = values["public-key"];
  if (publicKey === undefined)
    throw wrong("check needs --public-key", "get the vendor's public key from a source you trust");
  return { command, file, publicKey, account: values.account, vendor: values.vendor, json: values.json === true };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        "public-key": { type: "string" },
        account: { type: "string" },
        vendor: { type: "string" },
        out: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : "wrong arguments", "see daypass-certificate --help");
  }
}

function wrong(problem: string, hint: string): CrossAccountError {
  return new CrossAccountError("invalid_option", problem, { hint });
}
