// The words of a tool's sign-in.
import type { SetupPage, SetupPageOptions } from "../setup/serve-setup-page.js";
import type { SetupResult } from "../setup/setup-types.js";
import type { AwsCredentialsProvider, Narrowing, Prompt } from "../types.js";
import type { ActionCheck } from "./check-actions.js";
import type { Explanation } from "./explain-chain.js";
import type { Home, HomeOptions } from "./home-types.js";
import type { ChainStep } from "./plan-chain.js";

export interface AuthOptions extends Omit<HomeOptions, "prompt" | "renewBehind" | "secrets" | "setUpHint"> {
  /** What the tool does in AWS, as IAM's actions: `s3:ListAllMyBuckets`. Default none. */
  readonly requiredActions?: readonly string[];
  /** One identity, by its name on this machine; nothing else is tried. */
  readonly identity?: string;
  /** One profile of ~/.aws; nothing else is tried. */
  readonly profile?: string;
  /** Which ways are tried, in order. Default: `CHAIN_STEPS`. */
  readonly chain?: readonly ChainStep[];
  /** Less than the identity could. Where AWS has no way to narrow it, `cannot_narrow` says what to do. */
  readonly narrowing?: Narrowing;
  /**
   * The role that a build (GitHub, GitLab, …) assumes by its own token, and the variable in which that is where the build
   * chose its name: an ID token of GitLab, one of Jenkins' OpenID Connect plugin. Default: the system's own.
   */
  readonly build?: { readonly roleArn: string; readonly tokenVariable?: string };
  /** Default: the terminal. In a build nobody is ever asked, whatever is given here. */
  readonly prompt?: Prompt;
  /** False in a program that ends after one answer. Default true. */
  readonly renewBehind?: boolean;
}

/** What any client of SDK v3 is made with. */
export interface AwsConfig {
  readonly credentials: AwsCredentialsProvider;
  readonly region: string;
}

export interface Auth {
  /**
   * Returns credentials and region for `new S3Client(await auth.getAwsConfig())`. The first credentials have been got
   * when it resolves, and a person may have been asked for them; later ones are renewed as they are needed. Rejects with
   * `no_credentials` where nothing in the chain gave any, or with what the named one rejects with.
   */
  getAwsConfig(): Promise<AwsConfig>;
  /**
   * What was, or would be, tried and taken, and why the rest is passed over; a profile that is mistyped or broken is a step
   * that failed. Asks neither AWS nor the person.
   */
  explain(): Promise<Explanation>;
  /** Whether the identity may do what `requiredActions` names, as far as AWS's simulator may be asked. */
  checkRequiredActions(): Promise<ActionCheck>;
  /**
   * Lets a person choose how this tool signs in, at the terminal; tests it, and writes it down. Credentials that this Auth
   * has handed out stay those they are: make another one, or set up before asking. Rejects with `cancelled` where the
   * person gives up, with nothing written, and with `prompt_unavailable` in builds and where there is no terminal.
   */
  setUp(options: { readonly in: "terminal" }): Promise<SetupResult>;
  /** The same as a page of this machine, for a browser or a desktop application's window. */
  serveSetup(options?: Pick<SetupPageOptions, "embedIn" | "idleMs">): Promise<SetupPage>;
  /** What this tool keeps on the machine. */
  home(): Promise<Home>;
}
