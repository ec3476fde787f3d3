// What an integration written with jsforce does, from logging in to errors. Prints the names of the steps it has taken.
import assert from "node:assert/strict";
import jsforce from "jsforce";

const { ORG_URL: url, ORG_USER: username, ORG_PASSWORD: password, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret } = process.env;
const version = "62.0";
const refused = (code) => (error) => error.errorCode === code || error.name === code;
const steps = {};
let conn;

steps.login = async () => {
  conn = new jsforce.Connection({ loginUrl: url, version, maxRequest: 5 });
  const user = await conn.login(username, password);
  assert.match(user.organizationId, /^00D/);
  assert.equal((await conn.identity()).username, username);
  const byClient = new jsforce.Connection({ oauth2: { loginUrl: url, clientId, clientSecret }, version });
  await byClient.authorize({ grant_type: "client_credentials" });
  assert.equal((await byClient.query("SELECT COUNT() FROM User WHERE IsActive = true")).totalSize > 0, true);
  await assert.rejects(new jsforce.Connection({ loginUrl: url, version }).login(username, "wrong"), /INVALID_LOGIN/);
};

steps.describe = async () => {
  const contact = await conn.describe("Contact");
  assert.equal(contact.fields.find((field) => field.name === "LastName").nillable, false);
  assert.ok((await conn.describeGlobal()).sobjects.some((one) => one.name === "npsp__Allocation__c"));
  assert.ok((await conn.limits()).DailyApiRequests.Max > 0);
};

steps.records = async () => {
  const { id, success } = await conn.sobject("Contact").create({ LastName: "Reyes", Email: "one@example.org" });
  assert.ok(success);
  assert.equal((await conn.sobject("Contact").retrieve(id)).LastName, "Reyes");
  await conn.sobject("Contact").update({ Id: id, LastName: "Ruiz" });
  const found = await conn.sobject("Contact").findOne({ Id: id }, ["Id", "LastName"]);
  assert.equal(found.LastName, "Ruiz");
  const made = await conn.sobject("Contact").create(["A", "B", "C"].map((LastName) => ({ LastName })), { allOrNone: true });
  assert.equal(made.filter((one) => one.success).length, 3);
  const changed = await conn.sobject("Contact").update(made.map((one) => ({ Id: one.id, FirstName: "Sam" })));
  assert.ok(changed.every((one) => one.success));
  const some = await conn.sobject("Contact").retrieve(made.map((one) => one.id));
  assert.deepEqual(some.map((one) => one.FirstName), ["Sam", "Sam", "Sam"]);
  const gone = await conn.sobject("Contact").destroy(made.map((one) => one.id));
  assert.ok(gone.every((one) => one.success));
};

steps.upsert = async () => {
  const [contact] = await conn.sobject("Contact").find({ LastName: "Ruiz" }, ["Id"]);
  const key = { Donor_Id__c: contact.Id, Segment__c: "Loyal donor" };
  const first = await conn.sobject("AI_Donor_Profile__c").upsert({ ...key, Contact__c: contact.Id, Basis__c: "Individual", Method__c: "Rule" }, "Donor_Id__c");
  assert.equal(first.created, true);
  const again = await conn.sobject("AI_Donor_Profile__c").upsert({ ...key, Segment__c: "New donor" }, "Donor_Id__c");
  assert.ok(again.success);
  const all = await conn.query("SELECT Id, Segment__c, Contact__r.LastName FROM AI_Donor_Profile__c");
  assert.deepEqual(all.records.map((one) => [one.Segment__c, one.Contact__r.LastName]), [["New donor", "Ruiz"]]);
};

steps.pages = async () => {
  conn.bulk2.pollInterval = 50;
  conn.bulk2.pollTimeout = 60000;
  const input = Array.from({ length: 2300 }, (_, number) => ({ Name: `Household ${number}` }));
  const loaded = await conn.bulk2.loadAndWaitForResults({ object: "Account", operation: "insert", input });
  assert.deepEqual([loaded.successfulResults.length, loaded.failedResults.length, loaded.unprocessedRecords.length], [2300, 0, 0]);
  const first = await conn.query("SELECT Id FROM Account WHERE Name LIKE 'Household %'");
  assert.deepEqual([first.records.length, first.done, first.totalSize], [2000, false, 2300]);
  assert.equal((await conn.queryMore(first.nextRecordsUrl)).records.length, 300);
  const rest = await conn.query("SELECT Id FROM Account WHERE Name LIKE 'Household %'", { autoFetch: true, maxFetch: 5000 });
  assert.equal(rest.records.length, 2300);
  const stream = await conn.bulk2.query("SELECT Id, Name FROM Account WHERE Name LIKE 'Household %'");
  assert.equal((await stream.toArray()).length, 2300);
};

steps.bulk1 = async () => {
  conn.bulk.pollInterval = 50;
  conn.bulk.pollTimeout = 60000;
  const results = await conn.bulk.load("Contact", "insert", [{ LastName: "By batch", FirstName: "A" }, { LastName: "", FirstName: "B" }]);
  assert.deepEqual(results.map((one) => one.success), [true, false]);
  const found = await (await conn.bulk.query("SELECT Id, LastName FROM Contact WHERE LastName = 'By batch'")).toArray();
  assert.deepEqual(found.map((one) => one.LastName), ["By batch"]);
};

steps.composite = async () => {
  const base = `/services/data/v${version}`;
  const answer = await conn.request({
    method: "POST",
    url: `${base}/composite`,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      allOrNone: true,
      compositeRequest: [
        { method: "POST", url: `${base}/sobjects/Account`, referenceId: "home", body: { Name: "Composite home" } },
        { method: "POST", url: `${base}/sobjects/Contact`, referenceId: "donor", body: { LastName: "Member", AccountId: "@{home.id}" } },
        { method: "GET", url: `${base}/sobjects/Contact/@{donor.id}?fields=AccountId`, referenceId: "seen" }
      ]
    })
  });
  assert.deepEqual(answer.compositeResponse.map((one) => one.httpStatusCode), [201, 201, 200]);
  assert.equal(answer.compositeResponse[2].body.AccountId, answer.compositeResponse[0].body.id);
  const tree = await conn.requestPost(`${base}/composite/tree/Account/`, {
    records: [{ attributes: { type: "Account", referenceId: "a" }, Name: "Tree", Contacts: { records: [{ attributes: { type: "Contact", referenceId: "b" }, LastName: "Leaf" }] } }]
  });
  assert.equal(tree.hasErrors, false);
};

steps.errors = async () => {
  await assert.rejects(conn.query("SELECT Bacon__c FROM Account"), refused("INVALID_FIELD"));
  await assert.rejects(conn.query("SELEKT Id FROM Account"), refused("MALFORMED_QUERY"));
  await assert.rejects(conn.sobject("Contact").create({ FirstName: "Nameless" }), refused("REQUIRED_FIELD_MISSING"));
  await assert.rejects(conn.sobject("Nothing__c").create({}), refused("NOT_FOUND"));
  await assert.rejects(conn.sobject("Contact").retrieve("003000000000000AAA"), refused("NOT_FOUND"));
  const mixed = await conn.sobject("Contact").create([{ LastName: "Fine" }, { FirstName: "Nameless" }]);
  assert.deepEqual(mixed.map((one) => one.success), [true, false]);
  const failed = await conn.bulk2.loadAndWaitForResults({ object: "Contact", operation: "insert", input: [{ LastName: "Ok", FirstName: "A" }, { LastName: "", FirstName: "B" }] });
  assert.deepEqual([failed.successfulResults.length, failed.failedResults.length], [1, 1]);
  assert.match(failed.failedResults[0].sf__Error, /^REQUIRED_FIELD_MISSING/);
};

for (const [name, take] of Object.entries(steps)) {
  await take();
  console.log(name);
}
