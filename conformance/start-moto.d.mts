export function findMoto(): { readonly version: string; readonly missing?: undefined } | { readonly missing: string };
