// One bench in this process: NAME. Sends each row to who forked it, as soon as it is known.
const { bench } = await import(`../${process.argv[2]}.mjs`);
await bench((row) => process.send(row));
process.disconnect();
