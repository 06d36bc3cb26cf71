// The official client as published; only its base address and key are given.
import OpenAI from "openai";
const [address, apiKey] = process.argv.slice(2);
const client = new OpenAI({ apiKey, baseURL: `${address}/v1`, maxRetries: 0 });
const answer = await client.moderations.create({
  model: "omni-moderation-latest",
  input: ["Hello world", "I will kill you"],
});
const refusal = await client.moderations.create({ input: [] }).catch((error) => error);
console.log(
  JSON.stringify({ answer, refusal: { name: refusal.constructor.name, status: refusal.status, param: refusal.param } }),
);
