// The official clients of Azure and Amazon as published; only their endpoint and key are given.
import { ComprehendClient, DetectToxicContentCommand } from "@aws-sdk/client-comprehend";
import contentSafety, { isUnexpected } from "@azure-rest/ai-content-safety";

const [address, key] = process.argv.slice(2);
const analyze = async (subscription, text) => {
  const client = contentSafety(address, { key: subscription }, { allowInsecureConnection: true });
  const answer = await client.path("/text:analyze").post({ body: { text } });
  return isUnexpected(answer) ? answer.body.error.code : answer.body.categoriesAnalysis;
};
const detect = async (accessKeyId, text) => {
  const client = new ComprehendClient({
    endpoint: `${address}/comprehend`,
    region: "eu-west-1",
    credentials: { accessKeyId, secretAccessKey: "anything" },
  });
  const command = new DetectToxicContentCommand({ LanguageCode: "en", TextSegments: [{ Text: text }] });
  const answer = await client.send(command).catch((error) => error);
  return answer.ResultList?.[0].Toxicity ?? answer.name;
};
console.log(
  JSON.stringify({
    azure: [await analyze(key, "I will kill you"), await analyze("wrong", "Hello")],
    comprehend: [
      await detect(key, "I will kill you"),
      await detect(key, "Hello"),
      await detect(key, "x".repeat(10_001)),
      await detect("wrong", "Hello"),
    ],
  }),
);
