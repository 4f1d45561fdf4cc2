// kill -9 at every system call of writing the files of a person's directory that the other trials do not write: the
// configuration, secrets in clear, the first secret of all, the token of a sign-in, the codes that were used, the record.
import { SCENES } from "./kit/home-scenes.mjs";
import { killTrial } from "./kit/kill-at-calls.mjs";

export const trial = killTrial({
  name: "kill-home-files",
  claim:
    "after kill -9 at any system call of writing it, each file of a person's directory is the old one or the new one, whole, what was acknowledged is there, and the next writer goes on",
  wouldShow: "a configuration that cannot be read, a secret or token that is gone, a code made twice, a broken record",
  amounts: { test: 60, short: 260, long: 2_000 },
  program: new URL("kit/home-scenes.mjs", import.meta.url),
  scenes: SCENES,
  calls:
    "openat,read,pread64,write,pwrite64,fsync,fdatasync,rename,link,unlink,fchmod,mkdir,ftruncate,close,statx,getdents64",
});
