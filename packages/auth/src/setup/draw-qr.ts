// A QR code that was drawn for a terminal, as a picture for a page: half blocks, light on dark, two modules to a line.

const CELLS: Readonly<Record<string, readonly [isTopLight: boolean, isBottomLight: boolean]>> = {
  "█": [true, true],
  "▀": [true, false],
  "▄": [false, true],
  " ": [false, false],
};

/** The light border that scanners want is four modules (ISO/IEC 18004, "Quiet zone"), and one is drawn already. */
const QUIET = 3;

/** True for a line of such a drawing: one has a light border, so each line begins and ends with a block. */
export const isQrLine = (line: string): boolean => /^[█▀▄][█▀▄ ]{19,}[█▀▄]$/.test(line);

/** Returns the drawing as inline SVG, dark on light. */
export const drawQr = (lines: readonly string[]): string => {
  const width = Math.max(...lines.map((line) => line.length));
  const dark = lines.flatMap((line, row) =>
    [...line].flatMap((cell, x) => {
      const [isTopLight, isBottomLight] = CELLS[cell] ?? [true, true];
      const square = (y: number): string => `M${x} ${y}h1v1h-1z`;
      // The lower half of the last line is below the picture where the number of modules is odd.
      return [
        ...(isTopLight ? [] : [square(row * 2)]),
        ...(isBottomLight || row * 2 + 1 >= width ? [] : [square(row * 2 + 1)]),
      ];
    }),
  );
  return `<svg class="qr" viewBox="${-QUIET} ${-QUIET} ${width + 2 * QUIET} ${width + 2 * QUIET}" role="img" aria-label="QR code of the address"><path d="${dark.join("")}"/></svg>`;
};
