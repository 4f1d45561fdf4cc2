// The door, for who builds on the command line: running it inside another program.
export { main } from "./main.js";
export { namesOf } from "./names.js";
export type { Names } from "./names.js";
export type { Machine, Output, Workbench } from "./workbench.js";
