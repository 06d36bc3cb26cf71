// Make types of the OpenAPI document and compile a program that uses them, without any flag.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const [document] = process.argv.slice(2);
const run = (script, ...given) => execFileSync("node", [`node_modules/${script}`, ...given], { encoding: "utf8" });
const program = `
import type { components, paths } from "./api";

type Schemas = components["schemas"];
// What has a default need not be given.
export const message: Schemas["Message"] = { message_id: "m", user_id: "u", channel_id: "c", content: "Hi" };
export const order: Schemas["Order"] = { kind: "decisions" };
export const asked: Schemas["ModerationsRequest"] = { input: ["Hi"] };
type Checked = paths["/api/v1/moderation/check"]["post"]["responses"]["200"]["content"]["application/json"];
export const verdict = (answer: Checked): string => answer.verdict;
// @ts-expect-error Without its content a message is none.
export const empty: Schemas["Message"] = { message_id: "m", user_id: "u", channel_id: "c" };
`;
run("openapi-typescript/bin/cli.js", document, "-o", "api.ts");
writeFileSync("program.ts", program);
const options = { strict: true, noEmit: true, target: "es2022", module: "nodenext" };
writeFileSync("tsconfig.json", JSON.stringify({ compilerOptions: options, files: ["api.ts", "program.ts"] }));
try {
  run("typescript/bin/tsc", "-p", ".");
  console.log("compiled");
} catch (error) {
  console.log(error.stdout);
}
