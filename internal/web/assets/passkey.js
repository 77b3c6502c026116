// Asks the browser's device for a passkey when the page's form is sent, and
// sends the answer along. The options are those of the Web Authentication API,
// with its bytes in base64url.
"use strict";

const form = document.querySelector("form[data-passkey]");
const failed = document.getElementById("passkey-failed");

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// readable turns the options into what the browser wants.
const readable = (options) => {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.excludeCredentials, options.allowCredentials]) {
    for (const key of list || []) key.id = bytes(key.id);
  }
  return options;
};

// written turns the device's answer into what the server reads.
const written = (answer) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (answer.response[name]) response[name] = text(answer.response[name]);
  }
  if (answer.response.getTransports) response.transports = answer.response.getTransports();
  return JSON.stringify({
    id: answer.id,
    rawId: text(answer.rawId),
    type: answer.type,
    authenticatorAttachment: answer.authenticatorAttachment || undefined,
    clientExtensionResults: answer.getClientExtensionResults(),
    response,
  });
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  failed.hidden = true;
  try {
    const publicKey = readable(JSON.parse(form.dataset.passkey));
    form.elements.answer.value = written(await navigator.credentials[form.dataset.act]({ publicKey }));
    form.submit();
  } catch {
    failed.hidden = false;
    failed.focus();
  }
});
