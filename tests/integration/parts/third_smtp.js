// A mail server made with npm's smtp-server. The one argument is a JSON file that third_smtp.py writes.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { SMTPServer } = require("smtp-server");

const settings = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));

function refusal(code, text) {
  return Object.assign(new Error(text), { responseCode: code });
}

function isLocal(address) {
  return address.toLowerCase().endsWith("@" + settings.domain);
}

function deliver(address, message, number) {
  const maildir = path.join(settings.mail, address.toLowerCase());
  for (const name of ["tmp", "new"]) fs.mkdirSync(path.join(maildir, name), { recursive: true });
  const name = `${Date.now()}.${process.pid}_${number}`;
  fs.writeFileSync(path.join(maildir, "tmp", name), message);
  fs.renameSync(path.join(maildir, "tmp", name), path.join(maildir, "new", name));
}

let delivered = 0;

function server(listener) {
  const pem = fs.readFileSync(listener.certificate);
  const disabled = [];
  if (listener.security === "none") disabled.push("STARTTLS");
  if (listener.auth === "never") disabled.push("AUTH");
  return new SMTPServer({
    name: settings.name,
    secure: listener.security === "tls",
    key: pem,
    cert: pem,
    size: listener.size_limit,
    rejectOversized: true,
    authMethods: listener.mechanisms,
    authOptional: true,
    allowInsecureAuth: listener.auth === "always",
    disabledCommands: disabled,
    disableReverseLookup: true,
    onAuth(auth, session, done) {
      const known = Object.hasOwn(settings.users, auth.username) && settings.users[auth.username] === auth.password;
      done(known ? null : refusal(535, "Invalid username or password"), { user: auth.username });
    },
    onMailFrom(sender, session, done) {
      const foreign = session.user && sender.address.toLowerCase() !== session.user.toLowerCase();
      done(foreign ? refusal(553, `Sender ${sender.address} is not owned by ${session.user}`) : null);
    },
    onRcptTo(recipient, session, done) {
      const { address } = recipient;
      if (isLocal(address)) {
        const known = Object.hasOwn(settings.users, address.toLowerCase());
        return done(known ? null : refusal(550, `No such user ${address}`));
      }
      return done(session.user ? null : refusal(554, "Relay access denied"));
    },
    onData(stream, session, done) {
      const chunks = [];
      stream.on("data", (chunk) => {
        if (!stream.sizeExceeded) chunks.push(chunk);
      });
      stream.on("end", () => {
        if (stream.sizeExceeded) return done(null); // rejectOversized answers instead
        for (const { address } of session.envelope.rcptTo) {
          if (isLocal(address)) deliver(address, Buffer.concat(chunks), ++delivered);
        }
        return done(null, "Message queued");
      });
    },
  }).on("error", (error) => console.error(`${listener.name}: ${error.message}`));
}

for (const listener of settings.listeners) {
  for (const address of settings.addresses) {
    server(listener).listen(listener.port, address);
  }
}
