// Node loads this before sphinxcontrib-katex's server, which can be told no more than a port.
"use strict";
const net = require("net");
const create = net.createServer;
net.createServer = () =>
  // Answers go out at once, and whoever started the server reads where it listens.
  create({ noDelay: true }).on("listening", function () {
    console.log(this.address().port);
  });
// It ends with whoever started it, also when that was killed.
process.stdin.on("end", () => process.exit()).resume();
