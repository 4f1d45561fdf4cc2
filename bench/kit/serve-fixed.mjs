// The least that a server on Node can do: read the request, answer with a fixed XML of BYTES bytes. Runs until SIGTERM.
import { createServer } from "node:http";

const body = Buffer.from("<AssumeRoleResponse>".padEnd(Number(process.argv[2]), "x"));
const server = createServer((request, response) => {
  request.resume();
  request.once("end", () => {
    response.writeHead(200, { "content-type": "text/xml", "content-length": body.length });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
