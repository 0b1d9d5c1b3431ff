// Opens pages in Firefox or in WebKit, runs a function in each and prints what it returns, as JSON.
// node other_engines.js firefox|webkit PROGRAM <<< '{"pages": [...], "check": "async () => [...]"}'
"use strict";
const { spawn } = require("node:child_process");
const { readFileSync } = require("node:fs");

const firefox = async (program) => {
  const puppeteer = require("puppeteer-core");
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: program, headless: true });
  return {
    async visit(address, check) {
      const page = await browser.newPage();
      const errors = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
      await page.setViewport({ width: 1280, height: 900 });
      await page.goto(address, { waitUntil: "load" });
      const found = [...await page.evaluate(`(${check})()`), ...errors];
      await page.close();
      return found;
    },
    close: () => browser.close(),
  };
};

const webkit = async (program) => {
  const { Builder, Capabilities } = require("selenium-webdriver");
  const { findFreePort } = require("selenium-webdriver/net/portprober");
  const port = await findFreePort();
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], { stdio: "ignore" });
  const wants = new Capabilities({ browserName: "MiniBrowser",
    "webkitgtk:browserOptions": { binary: program, args: ["--automation"] } });
  const start = () => new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(wants).build();
  let browser = null;
  for (let tries = 1; !browser; tries++) {
    browser = await start().catch(async (error) => {
      if (tries === 50) throw error; // the driver does not say when it listens
      await new Promise((done) => setTimeout(done, 200));
    });
  }
  await browser.manage().setTimeouts({ script: 120_000 });
  await browser.manage().window().setRect({ width: 1280, height: 900 });
  return {
    async visit(address, check) {
      await browser.get(address);
      return browser.executeAsyncScript(`const done = arguments[0];
        (${check})().then(done, (error) => done([String(error)]));`);
    },
    close: async () => {
      await browser.quit();
      driver.kill();
    },
  };
};

const main = async ([name, program]) => {
  const { pages, check } = JSON.parse(readFileSync(0, "utf-8"));
  const engine = await { firefox, webkit }[name](program);
  const found = {};
  try {
    for (const page of pages) found[page] = await engine.visit(page, check);
  } finally {
    await engine.close();
  }
  console.log(JSON.stringify(found));
};
main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
