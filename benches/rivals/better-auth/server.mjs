// Better Auth's API keys behind Node's own HTTP server, one process a core: 204 for a key that is
// right, 401 for any other. The first process makes the keys, as the library does, and prints them
// to the file named; all serve when they exist.
//
//   node server.mjs PORT PROCESSES KEYS FILE DATABASE
import cluster from "node:cluster";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { apiKey } from "@better-auth/api-key";
import Database from "better-sqlite3";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";

const [port, processes, count, file, path] = process.argv.slice(2);
const database = new Database(path);
database.pragma("journal_mode = WAL");
const options = {
  database,
  baseURL: `http://127.0.0.1:${port}`,
  secret: "for-the-benchmark-alone-and-nothing-else",
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  // A limit would refuse most of the load.
  plugins: [apiKey({ rateLimit: { enabled: false } })],
};
const auth = betterAuth(options);

async function makeKeys() {
  await (await getMigrations(options)).runMigrations();
  const body = { name: "Mira", email: "mira@example.com", password: "a long password here" };
  const { user } = await auth.api.signUpEmail({ body });
  const keys = [];
  for (let number = 0; number < Number(count); number += 1) {
    const made = await auth.api.createApiKey({ body: { name: `Key ${number}`, userId: user.id } });
    keys.push(made.key);
  }
  writeFileSync(file, `${keys.join("\n")}\n`);
}

async function answer(request, response) {
  const key = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
  const { valid } = await auth.api.verifyApiKey({ body: { key } });
  response.writeHead(valid ? 204 : 401).end();
}

if (cluster.isPrimary) {
  await makeKeys();
  for (let number = 0; number < Number(processes); number += 1) cluster.fork();
} else {
  createServer(answer).listen(Number(port), "127.0.0.1");
}
