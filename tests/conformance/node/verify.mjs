// Ask a vendor's own library whether it believes a delivery: {library, secret, body, headers} on stdin, true or false out.
import { readFileSync } from "node:fs";

const { library, secret, body, headers } = JSON.parse(readFileSync(0, "utf8"));

const libraries = {
  async octokit() {
    const { verify } = await import("@octokit/webhooks-methods");
    return verify(secret, body, headers["x-hub-signature-256"]);
  },
  async standardwebhooks() {
    const { Webhook } = await import("standardwebhooks");
    return Boolean(new Webhook(secret).verify(body, headers));
  },
  async svix() {
    const { Webhook } = await import("svix");
    return Boolean(new Webhook(secret).verify(body, headers));
  },
  async crisp() {
    const { default: all } = await import("crisp-api");
    const made = new (all.Crisp ?? all.default)();
    const given = [secret, JSON.parse(body), headers["x-crisp-request-timestamp"], headers["x-crisp-signature"]];
    return made.verifyWidget(...given); // the hooks' formula, without a socket to bind first
  },
  async shopify() {
    await import("@shopify/shopify-api/adapters/node");
    const { shopifyApi, ApiVersion, LogSeverity } = await import("@shopify/shopify-api");
    const shop = shopifyApi({
      apiKey: "key",
      apiSecretKey: secret,
      scopes: [],
      hostName: "crm.example.com",
      apiVersion: Object.values(ApiVersion)[0],
      isEmbeddedApp: false,
      logger: { level: LogSeverity.Error },
    });
    const sent = { "X-Shopify-API-Version": Object.values(ApiVersion)[0], ...headers };
    const request = { method: "POST", url: "/", headers: sent };
    return (await shop.webhooks.validate({ rawBody: body, rawRequest: request })).valid;
  },
  async zoom() {
    const { MeetingsS2SAuthClient, ConsoleLogger } = await import("@zoom/rivet/meetings");
    const client = new MeetingsS2SAuthClient({
      clientId: "id",
      clientSecret: "secret",
      accountId: "account",
      webhooksSecretToken: secret,
      port: Number(process.env.ZOOM_PORT),
    });
    const server = await client.start();
    const { port } = server.address();
    const answer = await fetch(`http://127.0.0.1:${port}/zoom/events`, { method: "POST", body, headers });
    return answer.status === 200;
  },
};

let isBelieved;
try {
  isBelieved = await libraries[library]();
} catch (error) {
  if (process.env.SHOW) console.error(error);
  isBelieved = false;
}
console.log(isBelieved);
process.exit(0);
