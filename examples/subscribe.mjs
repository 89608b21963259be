// Prints figures as Slugline finds them.
//
//     npm install @nats-io/transport-node
//     node examples/subscribe.mjs nats://127.0.0.1:4222 'slugline.figure.killed.>' [COUNT]

import { connect } from "@nats-io/transport-node";

const [url, subject, count] = process.argv.slice(2);
const connection = await connect({ servers: url });
const subscription = connection.subscribe(subject, { max: count ? Number(count) : undefined });
await connection.flush();
console.error("listening");
for await (const message of subscription) {
  const { figure } = message.json();
  const claimant = figure.claimant?.text ?? "the reporter";
  console.log(`${figure.kind} ${figure.bound} ${figure.value ?? figure.text} says ${claimant}`);
}
await connection.close();
