// What a process is started with stays readable in /proc/PID/environ, whatever it deletes later (proc(5)): so the agent
// is started without it.

/** Names of variables whose values are secrets, or that change what Node does. */
const SECRET =
  /^(AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SECRET_KEY|ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|CREDENTIAL_EXPIRATION|CONTAINER_AUTHORIZATION_TOKEN|BEARER_TOKEN.*)|AMAZON_(ACCESS|SECRET)_KEY|.*(PASSWORD|PASSPHRASE|SECRET|_TOKEN))$/;
const FOR_NODE = /^(NODE_|LD_|DYLD_|SSLKEYLOGFILE$)/;

/** Returns whether a variable of this name holds a secret. */
export function isSecretVariable(name: string): boolean {
  return SECRET.test(name.toUpperCase());
}

/** Returns the environment that the agent is started with: no secrets, nothing that changes what Node loads. */
export function scrubEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || isSecretVariable(name) || (FOR_NODE.test(name) && name !== "NODE_EXTRA_CA_CERTS")
        ? []
        : [[name, value]],
    ),
  );
}
