// A screen as a picture: nothing of what a program wrote becomes part of the picture's own language.
import { describe, expect, it } from "vitest";
import { renderScreen } from "../../../scripts/picture-terminal/render-screen.mjs";

const draw = (screen: string): string => renderScreen(screen, { columns: 20, title: "a & b" });

describe("a picture of a terminal", () => {
  it("keeps text as text, and what looks like markup harmless", () => {
    const picture = draw("$ echo '<script>&'\n\n\n");
    expect(picture).toContain("&lt;script&gt;&amp;");
    expect(picture).toContain("a &amp; b");
    expect(picture).not.toContain("<script>");
  });

  it("has the colours and weights that the program chose, each in its column", () => {
    const picture = draw("ab\u001B[1;31mred\u001B[0m on");
    expect(picture).toMatch(/fill="#e06c75" font-weight="bold"[^>]*>red</);
    expect(picture).toMatch(/<text x="32\.8"[^>]*>red</);
    expect(picture).toMatch(/fill="#d7dae0" xml:space="preserve"> on</);
  });

  it("is as high as what was shown", () => {
    expect(draw("one\ntwo\n\n\n")).toContain('height="92"');
  });
});
