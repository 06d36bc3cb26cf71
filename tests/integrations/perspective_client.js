// perspective-api-client as published; only the host, which it writes out, is exchanged.
const fs = require("node:fs");
const [address, key] = process.argv.slice(2);
const path = require.resolve("perspective-api-client");
const patched = fs.readFileSync(path, "utf8").replace("https://commentanalyzer.googleapis.com", address);
fs.writeFileSync(path, patched);
const Perspective = require("perspective-api-client");

(async () => {
  const perspective = new Perspective({ apiKey: key });
  const answer = await perspective.analyze("Shut up idiot", { attributes: ["toxicity", "insult"] });
  const refusal = await perspective.analyze("Hello", { attributes: ["kindness"] }).catch((error) => error);
  console.log(JSON.stringify({ answer, refusal: { name: refusal.name, message: refusal.message } }));
})();
