// client.js PORT CA OTHER-CA CERTIFICATE KEY VERSION FILE: what languages.py asks of a client, in Node.
const fs = require("fs");
const https = require("https");
const [port, ca, otherCa, certificate, key, version, file] = process.argv.slice(2);

function ask(method, path, authority, body) {
  const options = {
    host: "localhost", port, method, path, agent: false, minVersion: version, maxVersion: version,
    ca: fs.readFileSync(authority), cert: fs.readFileSync(certificate), key: fs.readFileSync(key),
    headers: body ? { "Content-Length": body.length } : {},
  };
  return new Promise((resolve, reject) => {
    const request = https.request(options, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve([response.statusCode, Buffer.concat(chunks)]));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

process.stdin.once("data", async () => {
  const source = fs.readFileSync(file);
  const [status] = await ask("PUT", "/up", ca, source);
  const [, copy] = await ask("GET", "/up", ca);
  console.log(status, copy.equals(source) ? "same" : "different");
  const [, state] = await ask("GET", "/state", ca);
  process.stdout.write(state);
  await ask("GET", "/state", otherCa).then(() => console.log("accepted"), (error) => console.log("refused", error.message));
  process.exit(0);
});
