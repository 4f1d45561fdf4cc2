// What a signed-in person may choose from. Identity Center throttles these questions hard, and organisations have
// thousands of accounts: few at a time, patience, and answers that are kept with their time.
import { setTimeout } from "node:timers/promises";
import { AuthError } from "../errors.js";
import type { Clock, RequestHandler, SettingsFor } from "../types.js";
import { createPortal } from "./ask-portal.js";
import { explainSsoFailure, readSsoFailure } from "./explain-sso-failure.js";
import type { SsoTokens, Sleep } from "./sso-types.js";

export interface SsoAccount {
  readonly accountId: string;
  readonly accountName: string;
  readonly emailAddress: string | undefined;
}

export interface SsoAccountRole {
  readonly accountId: string;
  readonly roleName: string;
}

/** An answer, and when AWS gave it. */
export interface DatedList<T> {
  readonly items: readonly T[];
  readonly asked: Date;
}

export interface SsoDirectoryOptions {
  readonly tokens: SsoTokens;
  readonly settingsFor: SettingsFor;
  readonly requestHandler?: RequestHandler;
  readonly now: Clock;
  /** How long an answer is handed out again, in milliseconds. Default 900,000. */
  readonly keptForMs?: number;
  readonly sleep?: Sleep;
  /** From 0 up to 1. Default: the machine's. Spreads what is asked again. */
  readonly random?: () => number;
}

export interface SsoDirectory {
  /** All accounts in which the person may be something, by number. `again` asks AWS also where an answer is kept. */
  listAccounts(options?: { readonly again?: boolean }): Promise<DatedList<SsoAccount>>;
  /** The roles that the person may be in one account, by name. */
  listAccountRoles(accountId: string, options?: { readonly again?: boolean }): Promise<DatedList<SsoAccountRole>>;
  /** Every role in every account; five accounts at a time. */
  listAllRoles(options?: { readonly again?: boolean }): Promise<DatedList<SsoAccountRole>>;
}

/** The most that AWS takes (Portal API Reference, "ListAccounts"). */
const PAGE = 100;
const MOST_PAGES = 1_000;
const MOST_AT_ONCE = 5;
const MOST_ATTEMPTS = 8;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;
const KEPT_FOR_MS = 900_000;

const sleepFor: Sleep = async (milliseconds) => {
  await setTimeout(milliseconds);
};

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Runs `work` for every item, so many at a time, and returns the results in the items' order. */
const mapFew = async <T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  const queue = items.entries();
  const run = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, run));
  return results;
};

/** Returns the lists of one sign-in. They reject as `withAccessToken` does, and with `aws_unavailable`. */
export const createSsoDirectory = (options: SsoDirectoryOptions): SsoDirectory => {
  const {
    tokens,
    settingsFor,
    requestHandler,
    now,
    keptForMs = KEPT_FOR_MS,
    sleep = sleepFor,
    random = Math.random,
  } = options;
  // Our own patience is longer than the SDK's, and waits by the injected clock.
  const connect = createPortal({ settingsFor, region: tokens.session.region, requestHandler, maxAttempts: 1 });

  const patiently = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        const { awsCode, status } = readSsoFailure(error);
        const isThrottled = awsCode === "TooManyRequestsException" || status === 429 || (status ?? 0) >= 500;
        if (!isThrottled || attempt >= MOST_ATTEMPTS) throw error;
        await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)) * (0.5 + random() / 2));
      }
    }
  };

  const readPages = async <T>(
    askPage: (
      accessToken: string,
      nextToken: string | undefined,
    ) => Promise<{ items: readonly T[]; nextToken: string | undefined }>,
  ): Promise<T[]> => {
    const all: T[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = await tokens
        .withAccessToken((accessToken) => patiently(() => askPage(accessToken, nextToken)))
        .catch((error: unknown) => {
          throw explainSsoFailure(error);
        });
      all.push(...answer.items);
      ({ nextToken } = answer);
      if (nextToken === undefined || nextToken === "") return all;
    }
    throw new AuthError("aws_unavailable", "IAM Identity Center's list does not end", { hint: "try again later" });
  };

  const askAccounts = () =>
    readPages<SsoAccount>(async (accessToken, nextToken) => {
      const { sdk, client, inTime } = await connect();
      const answer = await client.send(
        new sdk.ListAccountsCommand({ accessToken, maxResults: PAGE, ...(nextToken !== undefined && { nextToken }) }),
        inTime(),
      );
      const items = (answer.accountList ?? []).flatMap(({ accountId, accountName, emailAddress }) =>
        accountId === undefined ? [] : [{ accountId, accountName: accountName ?? accountId, emailAddress }],
      );
      return { items, nextToken: answer.nextToken };
    });

  const askRoles = (accountId: string) =>
    readPages<SsoAccountRole>(async (accessToken, nextToken) => {
      const { sdk, client, inTime } = await connect();
      const answer = await client.send(
        new sdk.ListAccountRolesCommand({
          accessToken,
          accountId,
          maxResults: PAGE,
          ...(nextToken !== undefined && { nextToken }),
        }),
        inTime(),
      );
      const items = (answer.roleList ?? []).flatMap(({ roleName }) =>
        roleName === undefined ? [] : [{ accountId, roleName }],
      );
      return { items, nextToken: answer.nextToken };
    });

  /** Keeps the answers of one list, for the token that they were given to: the next may be another person's. */
  const keep = <T>(ask: () => Promise<T[]>) => {
    let kept: { readonly accessToken: string; readonly answer: Promise<DatedList<T>> } | undefined;
    const askNow = async (): Promise<DatedList<T>> => {
      const asked = new Date(now());
      return { items: await ask(), asked };
    };
    return async (again = false): Promise<DatedList<T>> => {
      const accessToken = await tokens.getAccessToken();
      const known = kept?.accessToken === accessToken && !again ? await kept.answer.catch(() => undefined) : undefined;
      const ageMs = now() - (known?.asked.getTime() ?? Number.NaN);
      if (known !== undefined && ageMs >= 0 && ageMs < keptForMs) return known;
      const answer = askNow();
      kept = { accessToken, answer };
      return answer;
    };
  };

  const byNumber = async () => (await askAccounts()).toSorted((a, b) => compare(a.accountId, b.accountId));
  const byName = async (accountId: string) =>
    (await askRoles(accountId)).toSorted((a, b) => compare(a.roleName, b.roleName));
  const accounts = keep(byNumber);
  const roles = new Map<string, ReturnType<typeof keep<SsoAccountRole>>>();
  const rolesOf = (accountId: string) => {
    const known = roles.get(accountId) ?? keep(() => byName(accountId));
    roles.set(accountId, known);
    return known;
  };

  return {
    listAccounts: ({ again } = {}) => accounts(again),
    listAccountRoles: (accountId, { again } = {}) => rolesOf(accountId)(again),
    async listAllRoles({ again } = {}) {
      const { items, asked } = await accounts(again);
      const lists = await mapFew(items, MOST_AT_ONCE, ({ accountId }) => rolesOf(accountId)(again));
      const oldest = Math.min(asked.getTime(), ...lists.map((list) => list.asked.getTime()));
      return { items: lists.flatMap((list) => list.items), asked: new Date(oldest) };
    },
  };
};
