throw new Error("no such world");
