export function renderScreen(screen: string, options: { readonly columns: number; readonly title: string }): string;
