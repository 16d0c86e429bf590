// How many SMS a text takes (GSM 03.38, 3GPP TS 23.038): 160 units in one or 153 a part while every character is in
// GSM-7, else 70 UTF-16 units or 67 a part. Ten characters take two units; no character is split between parts.
const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "^{}\\[~]|€\f";
const GSM = new Map([...[...BASIC].map((one) => [one, 1]), ...[...EXTENDED].map((one) => [one, 2])]);

function parts(sizes, single, part) {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= single) return { units: total, segments: total ? 1 : 0 };
  let segments = 1;
  let room = part;
  for (const size of sizes) {
    if (size > room) {
      segments += 1;
      room = part;
    }
    room -= size;
  }
  return { units: total, segments };
}

export function segments(text) {
  const characters = [...text];
  if (characters.every((one) => GSM.has(one))) {
    return { encoding: "GSM-7", ...parts(characters.map((one) => GSM.get(one)), 160, 153) };
  }
  return { encoding: "UCS-2", ...parts(characters.map((one) => one.length), 70, 67) };
}

// Of an area with data-most: how much has to go, or nothing. It takes more than fits, so that nothing that is pasted gets lost.
export function tooMany(area) {
  const most = Number(area.dataset.most);
  const over = [...area.value].length - most;
  if (!(over > 0)) return "";
  return `Shorten it by ${over.toLocaleString("en")} character${over === 1 ? "" : "s"}: ${most.toLocaleString("en")} is the most that can be sent.`;
}
