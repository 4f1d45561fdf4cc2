// A terminal's screen as an SVG picture: text stays text, so that it can be searched and read aloud.
const CELL = { width: 8.4, height: 18, font: 14 };
const PALETTE = ["#1c1f26", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d7dae0"];
const BRIGHT = ["#7f848e", "#ff7b86", "#b5e890", "#ffd68a", "#7cc3ff", "#dd93f0", "#6fd3de", "#ffffff"];
const PLAIN = { bold: false, dim: false, inverse: false, color: "#d7dae0" };

const escapeText = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** ECMA-48, "Select graphic rendition": as much of it as programs here use. */
const applySgr = (style, codes) => {
  let next = style;
  for (const code of codes.length === 0 ? [0] : codes) {
    if (code === 0) next = PLAIN;
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 2) next = { ...next, dim: true };
    else if (code === 7) next = { ...next, inverse: true };
    else if (code === 22) next = { ...next, bold: false, dim: false };
    else if (code === 27) next = { ...next, inverse: false };
    else if (code >= 30 && code <= 37) next = { ...next, color: PALETTE[code - 30] };
    else if (code >= 90 && code <= 97) next = { ...next, color: BRIGHT[code - 90] };
    else if (code === 39) next = { ...next, color: PLAIN.color };
  }
  return next;
};

/** Returns the line's pieces: text with one style each, and the column where it begins. */
const readLine = (line) => {
  const pieces = [];
  let style = PLAIN;
  let column = 0;
  for (const [, sgr, text] of line.matchAll(/\u001B\[([\d;]*)m|([^\u001B]+)/g)) {
    if (text === undefined) {
      style = applySgr(style, sgr === "" ? [] : sgr.split(";").map(Number));
      continue;
    }
    pieces.push({ text, style, column });
    column += [...text].length;
  }
  return pieces;
};

const renderPiece = ({ text, style, column }, row) => {
  const x = (16 + column * CELL.width).toFixed(1);
  const y = 52 + row * CELL.height;
  const width = ([...text].length * CELL.width).toFixed(1);
  const box = style.inverse
    ? `<rect x="${x}" y="${y - 14}" width="${width}" height="${CELL.height}" fill="${style.color}"/>`
    : "";
  const fill = style.inverse ? "#1c1f26" : style.color;
  const more = `${style.bold ? ' font-weight="bold"' : ""}${style.dim ? ' opacity="0.65"' : ""}`;
  return text.trim() === "" && !style.inverse
    ? ""
    : `${box}<text x="${x}" y="${y}" textLength="${width}" lengthAdjust="spacingAndGlyphs" fill="${fill}"${more} xml:space="preserve">${escapeText(text)}</text>`;
};

/** Returns the picture. Empty lines at the end are left out. */
export const renderScreen = (screen, { columns, title }) => {
  const lines = screen.replace(/\s+$/, "").split("\n").map(readLine);
  const width = Math.ceil(columns * CELL.width + 32);
  const height = 52 + lines.length * CELL.height + 4;
  const texts = lines
    .flatMap((pieces, row) => pieces.map((piece) => renderPiece(piece, row)))
    .filter((text) => text !== "");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">
<rect width="${width}" height="${height}" rx="8" fill="#1c1f26"/>
<circle cx="18" cy="17" r="5" fill="#e06c75"/><circle cx="36" cy="17" r="5" fill="#e5c07b"/><circle cx="54" cy="17" r="5" fill="#98c379"/>
<text x="${width / 2}" y="22" fill="#7f848e" font-family="sans-serif" font-size="12" text-anchor="middle">${escapeText(title)}</text>
<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${CELL.font}">
${texts.join("\n")}
</g>
</svg>
`;
};
