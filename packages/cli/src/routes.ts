// All commands, by name. Their definitions are light: what is heavy is loaded when one of them runs.
import { buildRouteMap } from "@stricli/core";
import { activateCommand } from "./commands/activate.js";
import { agentRoutes } from "./commands/agent.js";
import { auditCommand } from "./commands/audit.js";
import { authCommand } from "./commands/auth.js";
import { completionCommand } from "./commands/completion.js";
import { configRoutes } from "./commands/config.js";
import { credentialProcessCommand } from "./commands/credential-process.js";
import { cryptoRoutes } from "./commands/crypto.js";
import { doctorCommand } from "./commands/doctor.js";
import { documentsRoutes } from "./commands/documents.js";
import { envCommand } from "./commands/env.js";
import { execCommand } from "./commands/exec.js";
import { explainCommand } from "./commands/explain.js";
import { importCommand } from "./commands/import.js";
import { listCommand } from "./commands/list.js";
import { loginCommand } from "./commands/login.js";
import { logoutCommand } from "./commands/logout.js";
import { resetCommand } from "./commands/reset.js";
import { rotateCommand } from "./commands/rotate.js";
import { sandboxCommand } from "./commands/sandbox.js";
import { shellEnvCommand } from "./commands/shell-env.js";
import { switchCommand } from "./commands/switch.js";
import { syncCommand } from "./commands/sync.js";
import { unauthCommand } from "./commands/unauth.js";
import { webCommand } from "./commands/web.js";
import { whoamiCommand } from "./commands/whoami.js";
import type { Workbench } from "./workbench.js";

export const routes = buildRouteMap<string, Workbench>({
  routes: {
    activate: activateCommand,
    agent: agentRoutes,
    audit: auditCommand,
    auth: authCommand,
    completion: completionCommand,
    config: configRoutes,
    "credential-process": credentialProcessCommand,
    crypto: cryptoRoutes,
    doctor: doctorCommand,
    documents: documentsRoutes,
    env: envCommand,
    exec: execCommand,
    explain: explainCommand,
    import: importCommand,
    list: listCommand,
    login: loginCommand,
    logout: logoutCommand,
    reset: resetCommand,
    rotate: rotateCommand,
    sandbox: sandboxCommand,
    "shell-env": shellEnvCommand,
    switch: switchCommand,
    sync: syncCommand,
    unauth: unauthCommand,
    web: webCommand,
    whoami: whoamiCommand,
  },
  docs: {
    brief: "AWS access that expires by itself: who you are in AWS, in this shell",
    // Typed by the shell functions and as `aws-as`, not by people.
    hideRoute: { "shell-env": true, switch: true },
  },
});
