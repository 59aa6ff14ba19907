// server.js PORT CA CERTIFICATE KEY VERSION: gives back what is put, and the client certificate's name, in Node.
const fs = require("fs");
const https = require("https");
const [port, ca, certificate, key, version] = process.argv.slice(2);
const options = {
  ca: fs.readFileSync(ca), cert: fs.readFileSync(certificate), key: fs.readFileSync(key), minVersion: version,
  maxVersion: version, requestCert: true, rejectUnauthorized: true,
};
https.createServer(options, (request, response) => {
  const name = request.socket.getPeerCertificate().subject.CN;
  response.writeHead(200, { "X-State": `${request.socket.getProtocol()} ${name}` });
  request.pipe(response);
}).listen(port, "127.0.0.1");
