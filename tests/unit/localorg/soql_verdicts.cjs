// Salesforce's own SOQL parser in API mode: one query a line of standard input (JSON), one verdict a line out.
const { SOQLParser } = require("@salesforce/soql-common/lib/soql-parser");

const parser = SOQLParser({ isApex: false, isMultiCurrencyEnabled: true, apiVersion: 60.0 });
require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => console.log(JSON.stringify(parser.parseQuery(JSON.parse(line)).getSuccess())));
