export function renameText(text: string, name: string): string;
export function packedManifest(
  manifest: { readonly bin: Readonly<Record<string, string>>; readonly version: string },
  name: string,
  keyring: string | undefined,
): { readonly name: string; readonly bin: Readonly<Record<string, string>>; readonly dependencies?: never };
export function packCli(options: { readonly name?: string; readonly out: string }): string;
