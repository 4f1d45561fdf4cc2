export function findPython():
  | { readonly python: string; readonly versions: Readonly<Record<string, string>>; readonly missing?: undefined }
  | { readonly missing: string };
