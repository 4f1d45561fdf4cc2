// One question at a time, whoever waits, and one answer for all of them.
import { createConnection } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuthError, type AuthErrorCode } from "@daypass/auth";
import type { AnswerRequest } from "@daypass/agent";
import { HOUR, personWho, rejectionOf, sessionOf, startWorld, START, turns, until, type World } from "./agent-world.js";

/** Every identity needs the code, as roles behind one MFA device do. */
const byCode: AnswerRequest = async ({ identity }, prompt) => {
  const code = await prompt.ask({ kind: "mfa_code", message: "code of the phone" });
  return { credentials: sessionOf(`${identity} ${code}`, START + HOUR) };
};
const never = () => new Promise<string>(() => undefined);

let world: World;
beforeEach(async () => {
  world = await startWorld({ answer: byCode });
});
afterEach(() => world.close());

describe("one question for all who wait", () => {
  test("many clients at once are one question and one answer", async () => {
    const people = Array.from({ length: 40 }, () => personWho(async () => "123456"));
    const answers = await Promise.all(people.map((person) => world.client(person).credentials({ identity: "prod" })));
    expect(people.flatMap(({ questions }) => questions)).toHaveLength(1);
    expect(world.asked).toHaveLength(1);
    expect(new Set(answers.map(({ credentials }) => credentials.sessionToken)).size).toBe(1);
  });

  test("the question keeps its kind, its words and its choices on the way", async () => {
    await world.close();
    const choices = [
      { value: "a", label: "A" },
      { value: "b", label: "B", hint: "the second" },
    ];
    let chosen = "";
    world = await startWorld({
      answer: async ({ identity }, prompt) => {
        prompt.tell("look at your phone");
        chosen = await prompt.ask({ kind: "choice", message: "which?", choices });
        return { credentials: sessionOf(identity, START + HOUR) };
      },
    });
    const person = personWho(async () => "b");
    await world.client(person).credentials({ identity: "prod" });
    expect(person.questions).toEqual([{ kind: "choice", message: "which?", choices }]);
    expect(person.told).toEqual(["look at your phone"]);
    expect(chosen).toBe("b");
  });

  test("two identities never ask at the same time", async () => {
    let open = 0;
    let most = 0;
    const person = personWho(async () => {
      open += 1;
      most = Math.max(most, open);
      await turns();
      open -= 1;
      return "123456";
    });
    await Promise.all(["a", "b", "c", "d"].map((identity) => world.client(person).credentials({ identity })));
    expect(most).toBe(1);
    expect(person.questions).toHaveLength(4);
  });

  test("when the asker is gone the next who waits is asked, and nobody loses anything", async () => {
    const gone = createConnection(world.socket);
    gone.write('{"v":1,"op":"credentials","identity":"prod","canAsk":true}\n');
    await until(() => world.agent.status().isAsking);
    const next = personWho(async () => "123456");
    const answer = world.client(next).credentials({ identity: "prod" });
    await until(() => world.agent.status().waiting === 2);
    expect(next.questions).toHaveLength(0);
    gone.destroy();
    expect((await answer).credentials.accessKeyId).toBe("ASIAIOSFODNN7EXAMPLE");
    expect(next.questions).toHaveLength(1);
    expect(world.asked).toHaveLength(1);
  });

  test("a terminal that does not answer in time is passed over", async () => {
    await world.close();
    world = await startWorld({ answer: byCode, askWithinMs: 20 });
    let withdrawn = false;
    const away = personWho((_question, signal) => {
      signal?.addEventListener("abort", () => (withdrawn = true));
      return never();
    });
    const failed = await rejectionOf(world.client(away).credentials({ identity: "prod" }));
    expect(failed.code).toBe("prompt_unavailable");
    expect(withdrawn).toBe(true);
  });

  test("who cannot be asked waits for who can", async () => {
    const person = personWho(async () => {
      await until(() => world.agent.status().waiting === 2);
      return "123456";
    });
    const asking = world.client(person).credentials({ identity: "prod" });
    await until(() => world.agent.status().isAsking);
    const waiting = world.client().credentials({ identity: "prod" });
    expect((await waiting).credentials).toEqual((await asking).credentials);
  });

  test("where nobody can be asked it says so at once", async () => {
    const failed = await rejectionOf(world.client().credentials({ identity: "prod" }));
    expect(failed.code).toBe("prompt_unavailable");
    expect(failed.hint).toContain("in a terminal");
  });

  test("who comes with a terminal is asked although a moment ago nobody could be", async () => {
    await rejectionOf(world.client().credentials({ identity: "prod" }));
    const person = personWho(async () => "123456");
    await world.client(person).credentials({ identity: "prod" });
    expect(person.questions).toHaveLength(1);
  });

  test("giving up is giving up for all who wait, and nobody is asked again for a while", async () => {
    const person = personWho(async () => {
      await until(() => world.agent.status().waiting === 5);
      throw new AuthError("cancelled", "no", { hint: "no" });
    });
    const all = Array.from({ length: 5 }, () => rejectionOf(world.client(person).credentials({ identity: "prod" })));
    expect((await Promise.all(all)).map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => "cancelled"));
    expect((await rejectionOf(world.client(person).credentials({ identity: "prod" }))).code).toBe("cancelled");
    expect(person.questions).toHaveLength(1);
  });

  test("a person who asks again at once is asked again", async () => {
    let isFirst = true;
    const person = personWho(async () => {
      if (!isFirst) return "123456";
      isFirst = false;
      throw new AuthError("cancelled", "no", { hint: "no" });
    });
    await rejectionOf(world.client(person).credentials({ identity: "prod" }));
    const again = await world.client(person).credentials({ identity: "prod", retry: true });
    expect(again.credentials.accessKeyId).toBe("ASIAIOSFODNN7EXAMPLE");
  });

  test("an answer that is none is asked for again, and not for ever", async () => {
    const typed = ["12345", "abcdef", "123456"];
    const person = personWho(async () => typed.shift() ?? "");
    await world.client(person).credentials({ identity: "prod" });
    expect(person.questions.map(({ message }) => message)).toEqual([
      "code of the phone",
      "an MFA code has six digits. code of the phone",
      "an MFA code has six digits. code of the phone",
    ]);
    const fool = personWho(async () => "no");
    expect((await rejectionOf(world.client(fool).credentials({ identity: "other" }))).code).toBe("cancelled");
    expect(fool.questions).toHaveLength(5);
  });
});

describe("what goes wrong is told as it happened", () => {
  test.each<[AuthErrorCode]>([["access_denied"], ["not_found"], ["mfa_refused"], ["aws_unavailable"]])(
    "%s comes through with its words",
    async (code) => {
      await world.close();
      world = await startWorld({
        answer: async () => {
          throw new AuthError(code, "it was so", { hint: "do this" });
        },
      });
      const failed = world.client().credentials({ identity: "prod" });
      await expect(failed).rejects.toBeInstanceOf(AuthError);
      await expect(failed).rejects.toMatchObject({ code, message: "it was so", hint: "do this" });
    },
  );

  test("an error that nobody wrote for people keeps its message to itself", async () => {
    await world.close();
    world = await startWorld({
      answer: async () => {
        throw new TypeError("cannot read canary");
      },
    });
    const failed = await rejectionOf(world.client().credentials({ identity: "prod" }));
    expect(failed.code).toBe("internal");
    expect(JSON.stringify(failed)).not.toContain("canary");
  });
});
