export declare function renderPage(data: unknown): string;
