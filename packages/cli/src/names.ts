// Everything that has our name has it from here, and here from `name` in package.json: a company that renames the
// package renames the directory, the environment's prefix and every message with it.

export interface Names {
  /** The last part of the package's name: `daypass`, or `cliname` of `@orgname/cliname`. */
  readonly name: string;
  /** Below the home directory: `.daypass`. */
  readonly directoryName: string;
  /** `DAYPASS_`: what our own environment variables begin with. */
  readonly envPrefix: string;
  /** As the person typed it: `daypass`, `aacli`, `aws-as` or `aws-as-activate`. */
  readonly program: string;
}

/** npm's own rule for the last part of a name, in lower case. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/**
 * Whose directory below the home somebody else fills, which `reset` would empty: AWS's own above all, whose prefix of
 * variables it would be too. And our other programs, which a program of their name would take the place of.
 */
const TAKEN: ReadonlySet<string> = new Set([
  ..."aws azure cache cargo config docker git gnupg java kube local m2 minikube mozilla node npm nvm pki pulumi".split(
    " ",
  ),
  ..."ssh terraform.d vscode".split(" "),
  ..."aws-as aws-as-activate aws-as-deactivate start".split(" "),
]);

/** Returns the names that follow from the package's. Throws where nothing sound follows from it. */
export const namesOf = (packageName: string, program?: string): Names => {
  const name = packageName.split("/").at(-1) ?? "";
  if (!NAME.test(name)) throw new Error(`"name" in package.json is no package name: ${JSON.stringify(packageName)}`);
  if (TAKEN.has(name)) throw new Error(`"name" in package.json is taken by another program: ${name}`);
  const word = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
  // A variable's name must not begin with a digit (POSIX.1-2017, "Environment Variables").
  const envPrefix = `${/^\d/.test(word) ? "_" : ""}${word}_`;
  return { name, directoryName: `.${name}`, envPrefix, program: program ?? name };
};
