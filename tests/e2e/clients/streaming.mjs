// A subscriber written with jsforce: everything kept on a channel, then what is published while it listens.
import jsforce from "jsforce";
import streaming from "jsforce/lib/api/streaming.js";

const { ORG_URL: instanceUrl, ORG_TOKEN: accessToken, CHANNEL: channel, COUNT: count } = process.env;
const connection = new jsforce.Connection({ instanceUrl, accessToken, version: "62.0" });
const client = connection.streaming.createClient([new streaming.StreamingExtension.Replay(channel, -2)]);
let heard = 0;

const subscription = client.subscribe(channel, (message) => {
  console.log(JSON.stringify(message));
  heard += 1;
  if (heard === Number(count)) setTimeout(() => process.exit(0), 100);
});
subscription.then(
  () => console.error("listening"),
  (problem) => {
    console.error(String(problem));
    process.exit(1);
  },
);
